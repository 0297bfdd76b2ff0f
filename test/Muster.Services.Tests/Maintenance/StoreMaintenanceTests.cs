using Muster.Services.Tests.Outages;
using Muster.Storage;
using Muster.Storage.DuckDb;
using Muster.Storage.Maintenance;

namespace Muster.Services.Tests.Maintenance;

public sealed class StoreMaintenanceTests
{
    private static readonly DuckDbOptions s_options = new(512, 2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Rebuild_RandomHistory_GivesTheSamePeopleEventsAndMemberships(int seed)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await StoreHistory.LiveAsync(bench, seed);
        string[] before = await StoreDescription.OfAsync(bench);

        string[] after = await WithoutServicesAsync(bench, async () =>
        {
            DeleteDerived(bench);
            Assert.Equal(1, await Maintenance(bench).RebuildAsync(Stop));
        });

        Assert.Equal(before, after);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Compact_ManyRuns_GivesTheSamePeopleEventsAndMemberships()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await StoreHistory.LiveAsync(bench, 5);
        string[] before = await StoreDescription.OfAsync(bench);

        string[] after = await WithoutServicesAsync(bench, async () => Assert.True(await Maintenance(bench).CompactAsync(Stop) > 0));

        Assert.Equal(before, after);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Rebuild_LakeFileDamaged_IsRefusedAndChangesNothing()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.com"));
        string file = Directory.EnumerateFiles(Path.Combine(bench.Folder.Sandbox(bench.Scope.SandboxId), "lake"), "*.parquet", SearchOption.AllDirectories).Single();
        byte[] whole = await File.ReadAllBytesAsync(file, Stop);
        await File.WriteAllBytesAsync(file, [.. whole[..(whole.Length / 2)], 0xFF, .. whole[((whole.Length / 2) + 1)..]], Stop);

        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(() => Maintenance(bench).RebuildAsync(Stop));

        Assert.Contains(Path.GetFileName(file), refused.Message, StringComparison.Ordinal);
        Assert.NotNull(await bench.ProfileAsync("a@x.com"));
        await File.WriteAllBytesAsync(file, whole, Stop);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Rebuild_ServerRuns_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        using DataFolderLock server = DataFolderLock.Take(bench.Folder);

        await Assert.ThrowsAsync<DataFolderInUseException>(() => Maintenance(bench).RebuildAsync(Stop));
    }

    [Fact]
    public async Task Inspect_BesideTheServices_CountsWhatIsThere()
    {
        using var recorder = new OutageRecorder();
        await using Workbench bench = await Workbench.OpenAsync(recorder);
        await OutageLife.LiveAsync(bench, recorder);

        StoreInfo info = await StoreInspection.InspectAsync(bench.Folder, Stop);

        SandboxInfo sandbox = Assert.Single(info.Sandboxes);
        Assert.Equal((await bench.JournalAsync()).Count, sandbox.JournalEntries);
        Assert.All(Enum.GetValues<NamedFileKind>(), kind => Assert.True(sandbox.Bytes[kind].Bytes > 0, kind.ToString()));
        Assert.Equal(OutageLife.People, sandbox.Views.Single().Profiles);
        Assert.Equal(2 * OutageLife.People, sandbox.Datasets.Single(d => d.Behavior == "time-series").Records);
    }

    private static StoreMaintenance Maintenance(Workbench bench) => new(bench.Folder, s_options, bench.Time);

    private static async Task<string[]> WithoutServicesAsync(Workbench bench, Func<Task> work)
    {
        await bench.EndAsync();
        await work();
        await bench.StartAsync();
        return await StoreDescription.OfAsync(bench);
    }

    /// <summary>Takes away all that the lake and the identity files make superfluous.</summary>
    private static void DeleteDerived(Workbench bench)
    {
        foreach (string kind in (string[])["runs", "keys", "links"])
        {
            string folder = Path.Combine(bench.Folder.Profiles(bench.Scope.SandboxId), kind);
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}
