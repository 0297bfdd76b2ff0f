using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.Files;
using Muster.Storage.Maintenance;

namespace Muster.Services.Tests.Maintenance;

public sealed class StoreBackupTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("muster-backup-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Theory]
    [InlineData("backup")]
    [InlineData("backup.tar")]
    public async Task Write_StoreInUse_RestoresToTheSamePeopleAndMemberships(string name)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string segment = await FillAsync(bench);
        string target = Path.Combine(_place, name);

        BackupContents contents = await new StoreBackup(bench.Folder, bench.Time).WriteAsync(target, null, Stop);
        string restored = Path.Combine(_place, "restored");
        await new StoreRestore(DurableFiles.Plain).ReadAsync(target, restored, null, Stop);

        Assert.Equal([Path.GetFileName(target), "restored"], Directory.EnumerateFileSystemEntries(_place).Select(Path.GetFileName).Order());
        Assert.Equal(contents.Files.Select(f => f.Path).Order(),
            Directory.EnumerateFiles(restored, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(restored, f)).Order());
        await using Workbench again = await Workbench.AdoptAsync(restored);
        Assert.Equal("realized", await again.StatusAsync("a@x.com", segment));
        Assert.Null(await again.StatusAsync("b@x.com", segment));
        Assert.Equal("success", (await again.IngestAsync(await again.DatasetAsync(), Workbench.Person("c@x.com"))).Status);
    }

    [Fact]
    public async Task Write_UploadsOfAnOpenBatch_AreInIt()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await bench.UploadAsync(batch, "part.json", Workbench.Person("late@x.com"));

        await new StoreBackup(bench.Folder, bench.Time).WriteAsync(Path.Combine(_place, "b"), null, Stop);
        string restored = Path.Combine(_place, "restored");
        await new StoreRestore(DurableFiles.Plain).ReadAsync(Path.Combine(_place, "b"), restored, null, Stop);

        await using Workbench again = await Workbench.AdoptAsync(restored);
        Assert.Equal(BatchStatus.Success, (await again.CompleteAsync(batch)).Status);
        Assert.NotNull(await again.ProfileAsync("late@x.com"));
    }

    [Fact]
    public async Task Write_BatchesArriveMeanwhile_EveryBackupIsWhole()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Person("first@x.com"));
        Task work = Task.Run(async () =>
        {
            for (int i = 0; i < 12; i++) await bench.IngestAsync(dataset, Workbench.Person($"p{i}@x.com"));
        }, Stop);

        int made = 0;
        while (!work.IsCompleted || made == 0)
        {
            string target = Path.Combine(_place, $"b{made}"), restored = Path.Combine(_place, $"r{made++}");
            await new StoreBackup(bench.Folder, bench.Time).WriteAsync(target, null, Stop);
            await new StoreRestore(DurableFiles.Plain).ReadAsync(target, restored, null, Stop);
            await using Workbench again = await Workbench.AdoptAsync(restored);
            Assert.NotNull(await again.ProfileAsync("first@x.com"));
        }

        await work;
    }

    [Fact]
    public async Task Write_TargetExistsOrLiesInside_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        var backup = new StoreBackup(bench.Folder, bench.Time);
        await File.WriteAllTextAsync(Path.Combine(_place, "there"), "", Stop);

        Assert.Contains("exists already", (await Assert.ThrowsAsync<BackupException>(() =>
            backup.WriteAsync(_place, null, Stop))).Message, StringComparison.Ordinal);
        Assert.Contains("in the data folder", (await Assert.ThrowsAsync<BackupException>(() =>
            backup.WriteAsync(Path.Combine(bench.Folder.Root, "b"), null, Stop))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_LakeFileDamaged_IsRefusedAndLeavesNothing()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await FillAsync(bench);
        Damage(Directory.EnumerateFiles(Path.Combine(bench.Folder.Sandbox(bench.Scope.SandboxId), "lake"), "*.parquet", SearchOption.AllDirectories).First());

        await Assert.ThrowsAsync<BackupException>(() => new StoreBackup(bench.Folder, bench.Time).WriteAsync(Path.Combine(_place, "b"), null, Stop));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_place));
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("backup.tar")]
    public async Task Read_BackupDamaged_IsRefusedAndLeavesNothing(string name)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await FillAsync(bench);
        string target = Path.Combine(_place, name), restored = Path.Combine(_place, "restored");
        await new StoreBackup(bench.Folder, bench.Time).WriteAsync(target, null, Stop);
        Damage(File.Exists(target) ? target : Directory.EnumerateFiles(target, "*.parquet", SearchOption.AllDirectories).First());

        await Assert.ThrowsAsync<BackupException>(() => new StoreRestore(DurableFiles.Plain).ReadAsync(target, restored, null, Stop));

        Assert.Equal([name], Directory.EnumerateFileSystemEntries(_place).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Read_TargetInUseOrNotEmpty_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string target = Path.Combine(_place, "b");
        await new StoreBackup(bench.Folder, bench.Time).WriteAsync(target, null, Stop);
        var restore = new StoreRestore(DurableFiles.Plain);

        await Assert.ThrowsAsync<BackupException>(() => restore.ReadAsync(target, bench.Folder.Root, null, Stop));
        using (DataFolderLock.Take(new DataFolder(Path.Combine(_place, "used"))))
            await Assert.ThrowsAsync<DataFolderInUseException>(() => restore.ReadAsync(target, Path.Combine(_place, "used"), null, Stop));
    }

    private static async Task<string> FillAsync(Workbench bench)
    {
        string people = await bench.DatasetAsync(), events = await bench.DatasetAsync();
        await bench.IngestAsync(people, Workbench.Person("a@x.com"), Workbench.Person("b@x.com"));
        await bench.IngestAsync(events, Workbench.Event("e1", "a@x.com", "2026-01-01T00:00:00Z"));
        string segment = await bench.SegmentAsync("xEvent.count() >= 1");
        Assert.Equal(JobStatus.Succeeded, (await bench.EvaluateAsync(segment)).Status);
        return segment;
    }

    /// <summary>Turns one byte in the middle over.</summary>
    private static void Damage(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 0xFF;
        File.WriteAllBytes(file, bytes);
    }
}
