using Muster.Services.Ingestion;
using Muster.Services.Tests.Maintenance;
using Muster.Storage.ControlPlane;
using Muster.Storage.Files;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Tests.Outages;

/// <summary>Faults of the machine while the services run: nothing that was acknowledged is given up for them.</summary>
public sealed class MachineFaultTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreStep.FileWritten)]
    [InlineData(StoreStep.FileRenamed)]
    [InlineData(StoreStep.CommitBefore)]
    [InlineData(StoreStep.CommitInside)]
    public async Task Process_DiskFull_WaitsAndLandsOnceThereIsRoom(StoreStep step)
    {
        var disk = new FaultySteps(step);
        await using Workbench bench = await Workbench.OpenAsync(disk);
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Event("e1", "a@x.com", "2026-01-01T00:00:00Z"));
        Batch first = await bench.OpenBatchAsync(dataset), second = await bench.OpenBatchAsync(dataset);
        await bench.UploadAsync(first, "part.json", Workbench.Event("e2", "a@x.com", "2026-01-02T00:00:00Z"));
        await bench.UploadAsync(second, "part.json", Workbench.Event("e3", "a@x.com", "2026-01-03T00:00:00Z"));

        disk.IsFull = true;
        await bench.Batches.CompleteAsync(bench.Scope, first.Id, Stop);
        await bench.Batches.CompleteAsync(bench.Scope, second.Id, Stop);
        await disk.WhenMetAsync();
        Assert.Equal(BatchStatus.Staging, (await bench.Batches.GetAsync(bench.Scope, first.Id, Stop)).Status);
        Assert.Equal(BatchStatus.Loaded, (await bench.Batches.GetAsync(bench.Scope, second.Id, Stop)).Status);
        disk.IsFull = false;
        Task ended = bench.Lanes.WhenEndedAsync("ingestion/" + bench.Scope.SandboxId, second.Id);
        while (!ended.IsCompleted)
        {
            bench.Time.Advance(BatchProcessor.RetryInterval);
            await Task.Yield();
        }

        Batch[] landed = [await bench.Batches.GetAsync(bench.Scope, first.Id, Stop), await bench.Batches.GetAsync(bench.Scope, second.Id, Stop)];
        Assert.All(landed, b => Assert.Equal(BatchStatus.Success, b.Status));
        Assert.True(landed[0].Sequence < landed[1].Sequence);
        Assert.Equal(JobStatus.Succeeded, (await bench.EvaluateAsync(await bench.SegmentAsync("xEvent.count() = 3"))).Status);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Theory]
    [InlineData(StoreStep.CommitBefore)]
    [InlineData(StoreStep.CommitInside)]
    public async Task Revert_DiskFull_WaitsAndIsNotOvertaken(StoreStep step)
    {
        var disk = new FaultySteps(step);
        await using Workbench bench = await Workbench.OpenAsync(disk);
        string dataset = await bench.DatasetAsync(), lane = "ingestion/" + bench.Scope.SandboxId;
        Batch first = await bench.IngestAsync(dataset, Workbench.Person("a@x.com"));
        Batch second = await bench.OpenBatchAsync(dataset);
        await bench.UploadAsync(second, "part.json", Workbench.Person("b@x.com"));

        disk.IsFull = true;
        await bench.Batches.RevertAsync(bench.Scope, first.Id, Stop);
        await bench.Batches.CompleteAsync(bench.Scope, second.Id, Stop);
        await disk.WhenMetAsync();
        Assert.Equal(BatchStatus.Loaded, (await bench.Batches.GetAsync(bench.Scope, second.Id, Stop)).Status);
        disk.IsFull = false;
        Task ended = bench.Lanes.WhenEndedAsync(lane, second.Id);
        while (!ended.IsCompleted)
        {
            bench.Time.Advance(BatchProcessor.RetryInterval);
            await Task.Yield();
        }

        Assert.Equal(BatchStatus.Inactive, (await bench.Batches.GetAsync(bench.Scope, first.Id, Stop)).Status);
        Assert.Equal(BatchStatus.Success, (await bench.Batches.GetAsync(bench.Scope, second.Id, Stop)).Status);
        Assert.Null(await bench.ProfileAsync("a@x.com"));
        Assert.NotNull(await bench.ProfileAsync("b@x.com"));
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Upload_DiskFull_IsNotAcknowledgedAndCanBeSentAgain()
    {
        var disk = new FaultySteps(StoreStep.UploadStaging);
        await using Workbench bench = await Workbench.OpenAsync(disk);
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());

        disk.IsFull = true;
        await Assert.ThrowsAsync<IOException>(() => bench.UploadAsync(batch, "part.json", Workbench.Person("a@x.com")));
        Assert.Empty(Directory.EnumerateFiles(bench.Folder.Staging(bench.Scope.SandboxId, batch.Id)));
        disk.IsFull = false;

        await bench.UploadAsync(batch, "part.json", Workbench.Person("a@x.com"));
        Assert.Equal(BatchStatus.Success, (await bench.CompleteAsync(batch)).Status);
    }

    [Fact]
    public async Task Evaluate_DiskFull_FailsAndChangesNothing()
    {
        var disk = new FaultySteps(StoreStep.MembershipWriting);
        await using Workbench bench = await Workbench.OpenAsync(disk);
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.com"));
        string segment = await bench.SegmentAsync("true");
        await bench.EvaluateAsync(segment);

        disk.IsFull = true;
        SegmentJob failed = await bench.EvaluateAsync(segment);
        disk.IsFull = false;

        Assert.Equal(JobStatus.Failed, failed.Status);
        Assert.Equal("realized", await bench.StatusAsync("a@x.com", segment));
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Notes);
        Assert.Equal(JobStatus.Succeeded, (await bench.EvaluateAsync(segment)).Status);
        Assert.Equal("existing", await bench.StatusAsync("a@x.com", segment));
    }

    [Fact]
    public async Task Start_RunDamaged_IsMadeAnew()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.com"));
        foreach (string run in Directory.EnumerateFiles(Path.Combine(bench.Folder.Profiles(bench.Scope.SandboxId), "runs")))
            await File.WriteAllTextAsync(run, "no run", Stop);

        await bench.RestartAsync();

        Assert.NotNull(await bench.ProfileAsync("a@x.com"));
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Fact]
    public async Task Process_IdentityFileMissing_WaitsUntilItIsBack()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Person("a@x.com"));
        string file = Directory.EnumerateFiles(Path.Combine(bench.Folder.Profiles(bench.Scope.SandboxId), "identities")).Single(), aside = file + "-aside";
        Batch batch = await bench.OpenBatchAsync(dataset);
        await bench.UploadAsync(batch, "part.json", Workbench.Person("b@x.com"));
        File.Move(file, aside);
        await bench.RestartAsync();

        await Assert.ThrowsAsync<StoreUnusableException>(() => bench.ProfileAsync("a@x.com"));
        await bench.Batches.CompleteAsync(bench.Scope, batch.Id, Stop);
        Task ended = bench.Lanes.WhenEndedAsync("ingestion/" + bench.Scope.SandboxId, batch.Id);
        bench.Time.Advance(BatchProcessor.RetryInterval);
        Assert.False(ended.IsCompleted);
        File.Move(aside, file);
        while (!ended.IsCompleted)
        {
            bench.Time.Advance(BatchProcessor.RetryInterval);
            await Task.Yield();
        }

        Assert.NotNull(await bench.ProfileAsync("b@x.com"));
    }

    [Fact]
    public async Task Clock_SetBack_OrderIsThatOfTheJournal()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        string segment = await bench.SegmentAsync("person.name.firstName = \"New\"");
        await bench.IngestAsync(dataset, Workbench.Person("a@x.com", Workbench.Named("New")));
        await bench.EvaluateAsync(segment);

        bench.Time.AdjustTime(bench.Time.GetUtcNow() - TimeSpan.FromDays(2));
        await bench.EvaluateAsync(segment);
        Assert.Equal("existing", await bench.StatusAsync("a@x.com", segment));
        await bench.IngestAsync(dataset, Workbench.Person("a@x.com", Workbench.Named("Newest")));
        await bench.EvaluateAsync(segment);

        Assert.Equal("exited", await bench.StatusAsync("a@x.com", segment));
        Assert.Equal("Newest", (string?)(await bench.ProfileAsync("a@x.com"))!["person"]!["name"]!["firstName"]);
        // Between datasets the time of ingestion decides: what comes later is later, whatever the clock says.
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.com", Workbench.Named("Last")));
        Assert.Equal("Last", (string?)(await bench.ProfileAsync("a@x.com"))!["person"]!["name"]!["firstName"]);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
        List<long> journal = await bench.JournalAsync();
        Assert.Equal(journal.Order(), journal);
    }
}
