using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Entities;
using Muster.Services.Ingestion;
using Muster.Services.Tests.Maintenance;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;

namespace Muster.Services.Tests.SystemJobs;

/// <summary>What is deleted from profiles is in the lake still, and no rebuild brings it back.</summary>
public sealed class SystemJobServiceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_Dataset_GoesFromProfilesAndStaysInTheLake()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string crm = await bench.DatasetAsync(), shop = await bench.DatasetAsync();
        Batch first = await bench.IngestAsync(crm, """{"identityMap":{"Email":[{"id":"a@x","primary":true},{"id":"b@x"}]},"city":"Rome"}""");
        await bench.IngestAsync(shop, Workbench.Person("a@x", Workbench.Named("Ann")), Workbench.Person("b@x"));
        string segment = await bench.SegmentAsync("city = \"Rome\"");
        await bench.EvaluateAsync(segment);

        ProfileSystemJob job = await RunAsync(bench, new JsonObject { ["dataSetId"] = crm });

        Assert.Equal((JobStatus.Succeeded, 1), (job.Status, job.Records));
        EntityDocument ann = (await bench.Entities.GetProfileAsync(bench.Scope, new EntityKey("a@x", "Email"), null, null, Stop))!;
        Assert.Equal([shop], ann.Sources);
        // What linked the two is gone with it.
        Assert.Single(ann.IdentityGraph);
        Assert.Null(ann.Entity["city"]);
        Assert.Contains("Rome", Assert.Single(await bench.ReadAsync(first.Id, "SELECT city FROM exported")), StringComparison.Ordinal);
        await AssertWholeAsync(bench);
        await bench.EvaluateAsync(segment);
        Assert.Equal("exited", await bench.StatusAsync("a@x", segment));
        // Later batches of the dataset count.
        await bench.IngestAsync(crm, Workbench.Person("a@x", "\"city\":\"Oslo\""));
        Assert.Equal("Oslo", (string?)(await bench.ProfileAsync("a@x"))!["city"]);
        Assert.Single((await bench.QueryAsync(c => c.Journal.Where(j => j.Kind == JournalKinds.ProfileDataDeleted).ToListAsync(Stop))));
    }

    [Fact]
    public async Task CreateAsync_BatchOfEvents_GoesAndItsDuplicatesCount()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string people = await bench.DatasetAsync(), events = await bench.DatasetAsync();
        Batch records = await bench.IngestAsync(people, Workbench.Person("a@x"));
        Batch first = await bench.IngestAsync(events, Workbench.Event("e1", "a@x", "2026-01-01T00:00:00Z"), Workbench.Event("e2", "a@x", "2026-01-02T00:00:00Z"));
        await bench.IngestAsync(events, Workbench.Event("e2", "a@x", "2026-01-02T00:00:00Z"), Workbench.Event("e3", "a@x", "2026-01-03T00:00:00Z"));

        await RunAsync(bench, new JsonObject { ["batchId"] = first.Id });

        Assert.Equal(["e2", "e3"], await EventsAsync(bench));
        await AssertWholeAsync(bench);
        await bench.Batches.RevertAsync(bench.Scope, first.Id, Stop);
        await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), "revert/" + first.Id);
        Assert.Equal(BatchStatus.Inactive, (await bench.Batches.GetAsync(bench.Scope, first.Id, Stop)).Status);
        await AssertWholeAsync(bench);
        foreach ((JsonObject body, int status, string code) in new[]
        {
            (new JsonObject { ["batchId"] = records.Id }, 400, "systemJob.records"),
            (new JsonObject { ["batchId"] = "none", ["datasetId"] = people }, 400, "systemJob.unknown"),
            (new JsonObject { ["batchId"] = first.Id }, 400, "systemJob.unknown"),
            (new JsonObject { ["dataSetId"] = "none" }, 400, "systemJob.unknown"),
            ([], 400, "request.missingField"),
        })
        {
            RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(() => bench.SystemJobs.CreateAsync(bench.Scope, body, Stop));
            Assert.Equal((status, code), (refused.Status, refused.Code));
        }
    }

    [Fact]
    public async Task CreateAsync_KilledBeforeItsTurn_IsDoneAfterTheStart()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Person("a@x"));
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("b@x"));
        var gate = new TaskCompletionSource();
        bench.Lanes.TryAdd(BatchQueue.Lane(bench.Scope.SandboxId), "gate", token => gate.Task.WaitAsync(token));
        ProfileSystemJob job = await bench.SystemJobs.CreateAsync(bench.Scope, new JsonObject { ["dataSetId"] = dataset }, Stop);
        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(
            () => bench.SystemJobs.CreateAsync(bench.Scope, new JsonObject { ["datasetId"] = dataset }, Stop));
        Assert.Equal((422, "systemJob.exists"), (refused.Status, refused.Code));

        await bench.RestartAsync();
        await bench.Recovery.ResumeAsync(Stop);
        await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), "system/" + job.Id);

        Assert.Null(await bench.ProfileAsync("a@x"));
        Assert.Equal(JobStatus.Succeeded, (await bench.SystemJobs.GetAsync(bench.Scope, job.Id, Stop)).Status);
        await bench.SystemJobs.DeleteAsync(bench.Scope, job.Id, Stop);
        Assert.Empty(await bench.SystemJobs.ListAsync(bench.Scope, Stop));
        Assert.Null(await bench.ProfileAsync("a@x"));
    }

    [Fact]
    public async Task EraseAfterwards_PersonInTheLakeOnly_IsForgottenThere()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        Batch batch = await bench.IngestAsync(dataset, Workbench.Person("a@x"), Workbench.Person("b@x"));
        await RunAsync(bench, new JsonObject { ["dataSetId"] = dataset });

        string request = await bench.Erasures.RequestAsync(bench.Scope, new EntityKey("a@x", "Email"), null, Stop);
        await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), request);

        Assert.Contains("b@x", Assert.Single(await bench.ReadAsync(batch.Id, "SELECT identityMap::VARCHAR AS i FROM exported")), StringComparison.Ordinal);
        await AssertWholeAsync(bench);
    }

    private static async Task<ProfileSystemJob> RunAsync(Workbench bench, JsonObject body)
    {
        ProfileSystemJob job = await bench.SystemJobs.CreateAsync(bench.Scope, body, Stop);
        await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), "system/" + job.Id);
        return await bench.SystemJobs.GetAsync(bench.Scope, job.Id, Stop);
    }

    private static async Task AssertWholeAsync(Workbench bench)
    {
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
        await StoreDescription.AssertRebuiltIsEqualAsync(bench);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    private static async Task<string?[]> EventsAsync(Workbench bench)
    {
        var all = new EntityEventQuery(null, null, null, Descending: false, 100, null);
        return [.. (await bench.Entities.GetEventsAsync(bench.Scope, new EntityKey("a@x", "Email"), all, null, Stop))!.Events.Select(e => e.Id)];
    }
}
