using System.Text;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Ingestion;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Tests.Ingestion;

public class LargeUploadTests
{
    private const string Name = "big/people.json";

    [Fact]
    public async Task Complete_PartsInAnyOrderAcrossARestart_LandsTheFile()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        byte[] content = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 50).Select(i => Workbench.Person($"p{i}@x.org"))));
        await InitializeAsync(bench, batch);
        int third = content.Length / 3;
        await PutAsync(bench, batch, content, 2 * third, content.Length);
        await PutAsync(bench, batch, content, 0, third);
        await bench.RestartAsync();
        await bench.Recovery.ResumeAsync(Workbench.Stop);
        await PutAsync(bench, batch, content, third, 2 * third);

        Upload joined = await CompleteAsync(bench, batch);
        Assert.Equal(content.Length, joined.Bytes);
        Assert.Single(Directory.GetFiles(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id)));
        Assert.Equal(content.Length, (await CompleteAsync(bench, batch)).Bytes);
        Batch done = await bench.CompleteAsync(batch);

        Assert.Equal((BatchStatus.Success, 50), (done.Status, done.OutputRecords));
        Assert.Equal([new InputFileEntry(Name, content.Length)], InputFileList.Of(done));
        Assert.NotNull(await bench.ProfileAsync("p49@x.org"));
    }

    [Fact]
    public Task Complete_AnyCutInAnyOrder_IsTheFile() =>
        Gen.Select(Gen.Byte.Array[1, 200], Gen.Int[0, 199].Array[0, 6], Gen.Int[0, int.MaxValue]).SampleAsync(async (content, cuts, seed) =>
        {
            await using Workbench bench = await Workbench.OpenAsync();
            Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
            await InitializeAsync(bench, batch);
            int[] at = [0, .. cuts.Where(c => c > 0 && c < content.Length).Distinct().Order(), content.Length];
            foreach (int i in Enumerable.Range(0, at.Length - 1).OrderBy(i => (i * 7919L + seed) % 101))
                await PutAsync(bench, batch, content, at[i], at[i + 1]);
            Upload joined = await CompleteAsync(bench, batch);
            string file = Path.Combine(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id), joined.StoredAs);
            byte[] written = await File.ReadAllBytesAsync(file);
            return written.AsSpan().SequenceEqual(content);
        }, iter: 10);

    [Theory]
    [InlineData(5, 14, 20L, "upload.overlap")]
    [InlineData(0, 4, 20L, "upload.overlap")]
    [InlineData(10, 19, 21L, "upload.total")]
    [InlineData(10, 20, 20L, "upload.total")]
    [InlineData(10, 19, LargeUploadService.MaximumBytes + 1, "upload.size")]
    public async Task Put_PartThatDoesNotFit_IsRefusedAndLeavesNothing(int first, int last, long total, string code)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await InitializeAsync(bench, batch);
        await PutAsync(bench, batch, new byte[20], 0, 10);
        var range = new ByteRange(first, last, total);
        Assert.Equal(code, await RefusedAsync(() => bench.LargeUploads.PutPartAsync(
            bench.Scope, batch.Id, batch.DatasetId, Name, range, new MemoryStream(new byte[range.Length]), Workbench.Stop)));
        Assert.Single(Directory.GetFiles(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id)));
    }

    [Fact]
    public async Task Put_FewerBytesThanSaid_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await InitializeAsync(bench, batch);
        Assert.Equal("upload.length", await RefusedAsync(() => bench.LargeUploads.PutPartAsync(
            bench.Scope, batch.Id, batch.DatasetId, Name, new ByteRange(0, 9, null), new MemoryStream(new byte[9]), Workbench.Stop)));
        Assert.Empty(Directory.GetFiles(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id)));
    }

    [Fact]
    public async Task Put_SameRangeAgain_TakesItsPlace()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await InitializeAsync(bench, batch);
        await PutAsync(bench, batch, [1, 2, 3, 4], 0, 2);
        await PutAsync(bench, batch, [5, 6, 3, 4], 0, 2);
        await PutAsync(bench, batch, [5, 6, 3, 4], 2, 4);
        Assert.Equal(2, Directory.GetFiles(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id)).Length);
        Upload joined = await CompleteAsync(bench, batch);
        string file = Path.Combine(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id), joined.StoredAs);
        Assert.Equal([5, 6, 3, 4], await File.ReadAllBytesAsync(file, Workbench.Stop));
    }

    [Theory]
    [InlineData(0, 5, "upload.gap")]
    [InlineData(5, 10, "upload.gap")]
    [InlineData(0, 0, "upload.gap")]
    public async Task Complete_BytesAreMissing_IsRefusedAndMayGoOn(int from, int to, string code)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await InitializeAsync(bench, batch);
        if (to > 0) await PutAsync(bench, batch, new byte[10], from, to);
        Assert.Equal(code, await RefusedAsync(() => CompleteAsync(bench, batch)));
        Assert.Equal("batch.openFile", await RefusedAsync(() => bench.CompleteAsync(batch)));
        if (from == 0) await PutAsync(bench, batch, new byte[10], to, 10);
        else await PutAsync(bench, batch, new byte[10], 0, from);
        Assert.Equal(10, (await CompleteAsync(bench, batch)).Bytes);
    }

    [Fact]
    public async Task Put_NotBegunOrBatchClosed_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        Assert.Equal("batch.file", await RefusedAsync(() => PutAsync(bench, batch, new byte[2], 0, 2)));
        await InitializeAsync(bench, batch);
        await PutAsync(bench, batch, new byte[2], 0, 2);
        await bench.Batches.AbortAsync(bench.Scope, batch.Id, Workbench.Stop);
        Assert.Equal("batch.closed", await RefusedAsync(() => PutAsync(bench, batch, new byte[2], 0, 2)));
        Assert.Equal("batch.closed", await RefusedAsync(() => InitializeAsync(bench, batch)));
        Assert.Equal(0, await bench.QueryAsync(c => c.UploadParts.CountAsync(Workbench.Stop)));
        Assert.False(Directory.Exists(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id)));
    }

    [Fact]
    public async Task Upload_WholeFileInThePlaceOfParts_DropsThem()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await InitializeAsync(bench, batch);
        await PutAsync(bench, batch, new byte[4], 0, 2);
        await bench.UploadAsync(batch, Name, Workbench.Person("a@x.org"));
        Assert.Single(Directory.GetFiles(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id)));
        Assert.Equal(BatchStatus.Success, (await bench.CompleteAsync(batch)).Status);
    }

    [Fact]
    public async Task Sweep_BytesOfARequestThatDied_AreGoneAtStart()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await InitializeAsync(bench, batch);
        await PutAsync(bench, batch, new byte[4], 0, 2);
        string staging = bench.Folder.Staging(bench.Scope.SandboxId, batch.Id);
        await File.WriteAllTextAsync(Path.Combine(staging, "torn"), "x", Workbench.Stop);
        await bench.RestartAsync();
        await bench.Recovery.ResumeAsync(Workbench.Stop);
        Assert.Single(Directory.GetFiles(staging));
    }

    private static Task<Upload> InitializeAsync(Workbench bench, Batch batch) =>
        bench.LargeUploads.InitializeAsync(bench.Scope, batch.Id, batch.DatasetId, Name, Workbench.Stop);

    private static Task<UploadPart> PutAsync(Workbench bench, Batch batch, byte[] content, int from, int to) =>
        bench.LargeUploads.PutPartAsync(
            bench.Scope, batch.Id, batch.DatasetId, Name, new ByteRange(from, to - 1, content.Length), new MemoryStream(content, from, to - from),
            Workbench.Stop);

    private static Task<Upload> CompleteAsync(Workbench bench, Batch batch) =>
        bench.LargeUploads.CompleteAsync(bench.Scope, batch.Id, batch.DatasetId, Name, Workbench.Stop);

    private static async Task<string> RefusedAsync(Func<Task> call) => (await Assert.ThrowsAsync<RequestRefusedException>(call)).Code;
}
