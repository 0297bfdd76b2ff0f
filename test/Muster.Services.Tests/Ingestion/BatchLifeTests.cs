using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Tests.Ingestion;

public class BatchLifeTests
{
    [Fact]
    public async Task Complete_TwoFilesOneSentTwice_LandsWhatWasSentLast()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await bench.UploadAsync(batch, "a.json", Workbench.Person("old@x.org"));
        await bench.UploadAsync(batch, "day=1/b.json", Workbench.Person("b@x.org"));
        await bench.UploadAsync(batch, "a.json", Workbench.Person("new@x.org"), Workbench.Person("new2@x.org"));
        Assert.Equal(2, Directory.GetFiles(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id)).Length);

        Batch done = await bench.CompleteAsync(batch);

        Assert.Equal((BatchStatus.Success, 3, 3, 0), (done.Status, done.InputRecords, done.OutputRecords, done.FailedRecords));
        Assert.Null(await bench.ProfileAsync("old@x.org"));
        Assert.NotNull(await bench.ProfileAsync("new2@x.org"));
        Assert.NotNull(await bench.ProfileAsync("b@x.org"));
        Assert.False(Directory.Exists(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id)));
        Assert.Equal([1L], await bench.JournalAsync());
    }

    [Fact]
    public async Task Complete_Again_ChangesNothing()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.org"));
        await bench.CompleteAsync(batch);
        await bench.Processor.ProcessAsync(bench.Scope.SandboxId, batch.Id, Workbench.Stop);
        Assert.Equal([1L], await bench.JournalAsync());
    }

    [Fact]
    public async Task Upload_ClosedBatch_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.org"));
        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(() => bench.UploadAsync(batch, "b.json", "{}"));
        Assert.Equal(409, refused.Status);
    }

    [Fact]
    public async Task Upload_BatchIsClosedWhileBytesArrive_IsRefusedAndLeavesNothing()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await bench.UploadAsync(batch, "a.json", Workbench.Person("a@x.org"));
        var slow = new CallbackStream(() => bench.Batches.AbortAsync(bench.Scope, batch.Id, Workbench.Stop));

        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(
            () => bench.Batches.UploadAsync(bench.Scope, batch.Id, batch.DatasetId, "late.json", slow, Workbench.Stop));

        Assert.Equal(409, refused.Status);
        Assert.Equal(0, await bench.QueryAsync(c => c.Uploads.CountAsync(Workbench.Stop)));
        string staging = bench.Folder.Staging(bench.Scope.SandboxId, batch.Id);
        Assert.True(!Directory.Exists(staging) || Directory.GetFiles(staging).Length == 0);
    }

    [Fact]
    public async Task Upload_SamePathAtOnce_KeepsOneOfThem()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => bench.UploadAsync(batch, "a.json", Workbench.Person($"p{i}@x.org"))));
        Batch done = await bench.CompleteAsync(batch);
        Assert.Equal((BatchStatus.Success, 1), (done.Status, done.OutputRecords));
    }

    [Fact]
    public async Task Abort_OpenBatch_TakesFilesAway()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await bench.UploadAsync(batch, "a.json", Workbench.Person("a@x.org"));
        await bench.Batches.AbortAsync(bench.Scope, batch.Id, Workbench.Stop);
        await bench.Batches.AbortAsync(bench.Scope, batch.Id, Workbench.Stop);

        Assert.False(Directory.Exists(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id)));
        Assert.Equal(BatchStatus.Aborted, (await bench.Batches.GetAsync(bench.Scope, batch.Id, Workbench.Stop)).Status);
        Assert.Equal(409, (await Assert.ThrowsAsync<RequestRefusedException>(() => bench.CompleteAsync(batch))).Status);
        await bench.Processor.ProcessAsync(bench.Scope.SandboxId, batch.Id, Workbench.Stop);
        Assert.Empty(await bench.JournalAsync());
    }

    [Fact]
    public async Task Abort_LandedBatch_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.org"));
        Assert.Equal(409, (await Assert.ThrowsAsync<RequestRefusedException>(() =>
            bench.Batches.AbortAsync(bench.Scope, batch.Id, Workbench.Stop))).Status);
    }

    [Fact]
    public async Task Complete_WithoutFiles_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        Assert.Equal(400, (await Assert.ThrowsAsync<RequestRefusedException>(() => bench.CompleteAsync(batch))).Status);
    }

    [Fact]
    public async Task Complete_TooManyBadRecords_FailsAndKeepsThemWithReasons()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        Batch batch = await bench.OpenBatchAsync(dataset);
        await bench.UploadAsync(batch, "a.json", Workbench.Person("a@x.org"), "not json", Workbench.Person("b@x.org"));

        Batch done = await bench.CompleteAsync(batch);

        Assert.Equal((BatchStatus.Failed, 3, 1), (done.Status, done.InputRecords, done.FailedRecords));
        Assert.NotEmpty(JsonNode.Parse(done.Errors)!.AsArray());
        string failed = await File.ReadAllTextAsync(bench.Folder.Absolute(bench.Scope.SandboxId, done.FailedRecordsPath!), Workbench.Stop);
        Assert.Contains("not json", failed, StringComparison.Ordinal);
        Assert.Contains("_errors", failed, StringComparison.Ordinal);
        Assert.Empty(await bench.JournalAsync());
        Assert.Null(await bench.ProfileAsync("a@x.org"));
        Assert.False(Directory.Exists(bench.Folder.Lake(bench.Scope.SandboxId, dataset, batch.Id)));
        Assert.False(Directory.Exists(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id)));
        Assert.Equal(BatchStatus.Failed, (await bench.QueryAsync(c => c.Datasets.SingleAsync(Workbench.Stop))).LastBatchStatus);
    }

    [Theory]
    [InlineData(33.0, BatchStatus.Failed)]
    [InlineData(34.0, BatchStatus.Success)]
    public async Task Complete_PartialIngestion_LandsUpToTheShare(double share, string expected)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync(), share);
        await bench.UploadAsync(batch, "a.json", Workbench.Person("a@x.org"), "not json", Workbench.Person("b@x.org"));
        Batch done = await bench.CompleteAsync(batch);
        Assert.Equal(expected, done.Status);
        Assert.Equal(1, done.FailedRecords);
        Assert.Equal(expected == BatchStatus.Success, await bench.ProfileAsync("b@x.org") is not null);
    }

    [Fact]
    public async Task Complete_EveryRecordBadAndAllowed_Ends()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Person("a@x.org"));
        Batch batch = await bench.OpenBatchAsync(dataset, 100);
        await bench.UploadAsync(batch, "a.json", "not json", "[1]");
        Batch done = await bench.CompleteAsync(batch);
        Assert.Equal((BatchStatus.Success, 2, 0), (done.Status, done.FailedRecords, done.OutputRecords));
        Assert.NotNull(await bench.ProfileAsync("a@x.org"));
    }

    [Fact]
    public async Task Complete_SecondBatchOfTheSameFields_Lands()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Person("a@x.org", "\"person\":{\"name\":{\"firstName\":\"Ann\"}}"));
        await bench.IngestAsync(dataset, Workbench.Person("a@x.org", "\"person\":{\"name\":{\"firstName\":\"Anna\"}}"),
            Workbench.Person("b@x.org"));
        Assert.Equal("Anna", (string?)(await bench.ProfileAsync("a@x.org"))!["person"]!["name"]!["firstName"]);
        Assert.Equal([1L, 2L], await bench.JournalAsync());
    }

    [Fact]
    public async Task Complete_DatasetSwitchedOff_LandsInTheLakeOnly()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync("enabled: false");
        Batch done = await bench.IngestAsync(dataset, Workbench.Person("a@x.org"));
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("b@x.org"));
        Assert.Null(await bench.ProfileAsync("a@x.org"));
        Assert.NotNull(await bench.ProfileAsync("b@x.org"));
        Assert.Single(await bench.ReadAsync(done.Id, "SELECT 1 FROM exported"));
    }

    [Fact]
    public async Task Create_DatasetOfExports_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string target = await bench.TargetAsync();
        Assert.Equal(400, (await Assert.ThrowsAsync<RequestRefusedException>(() => bench.OpenBatchAsync(target))).Status);
    }

    [Fact]
    public async Task Complete_LeavesNoScratch()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Person("a@x.org"));
        await bench.IngestAsync(dataset, Workbench.Person("b@x.org"));
        string spill = Path.Combine(bench.Folder.Sandbox(bench.Scope.SandboxId), "spill");
        Assert.Empty(Directory.Exists(spill) ? Directory.GetFileSystemEntries(spill) : []);
    }

    /// <summary>A body that does something before its first byte is read.</summary>
    private sealed class CallbackStream(Func<Task> callback) : MemoryStream("{}"u8.ToArray())
    {
        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            await callback();
            await base.CopyToAsync(destination, bufferSize, cancellationToken);
        }
    }
}
