using System.Text.Json.Nodes;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Ingestion;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;

namespace Muster.Services.Tests.Ingestion;

public class BatchRemovalTests
{
    [Fact]
    public async Task Revert_LaterBatch_WhatItReplacedShowsAgain()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Person("a@x.org", """ "person":{"name":{"firstName":"Old"}}"""));
        Batch later = await bench.IngestAsync(dataset,
            Workbench.Person("a@x.org", """ "person":{"name":{"firstName":"New"}}"""), Workbench.Person("b@x.org"));
        string lake = bench.Folder.Lake(bench.Scope.SandboxId, dataset, later.Id);
        Assert.True(Directory.Exists(lake));

        Batch reverted = await RevertAsync(bench, later);

        Assert.Equal((BatchStatus.Inactive, "[]"), (reverted.Status, reverted.Files));
        Assert.Equal("Old", await NameAsync(bench, "a@x.org"));
        Assert.Null(await bench.ProfileAsync("b@x.org"));
        Assert.False(Directory.Exists(lake));
        Assert.Equal([JournalKinds.BatchCommitted, JournalKinds.BatchCommitted, JournalKinds.BatchReverted], await KindsAsync(bench));
        await RevertAsync(bench, later);
        Assert.Equal(3, (await KindsAsync(bench)).Count(k => k != JournalKinds.Compacted));
    }

    [Fact]
    public async Task Revert_EventsAndLink_AreGoneFromThePerson()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string people = await bench.DatasetAsync(), events = await bench.DatasetAsync();
        await bench.IngestAsync(people, Workbench.Person("a@x.org", "\"homeAddress\":{\"country\":\"US\"}"));
        Batch batch = await bench.IngestAsync(events,
            Workbench.Event("e1", "a@x.org", "2026-02-01T00:00:00Z"), Workbench.Event("e2", "a@x.org", "2026-02-02T00:00:00Z"));
        string segment = await bench.SegmentAsync("xEvent[timestamp occurs <= 60 days before now].count() >= 2");
        await bench.EvaluateAsync(segment);
        Assert.Equal("realized", await bench.StatusAsync("a@x.org", segment));
        await RevertAsync(bench, batch);
        await bench.EvaluateAsync(segment);
        Assert.Equal("exited", await bench.StatusAsync("a@x.org", segment));
    }

    [Theory]
    [InlineData(BatchStatus.Loading)]
    [InlineData(BatchStatus.Aborted)]
    public async Task Revert_BatchThatNeverCounted_IsRefused(string status)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        if (status == BatchStatus.Aborted) await bench.Batches.AbortAsync(bench.Scope, batch.Id, Workbench.Stop);
        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(() => RevertAsync(bench, batch));
        Assert.Equal((409, "batch.notActive"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Revert_AskedBeforeARestart_IsDoneAfterIt()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.org"));
        await bench.ChangeAsync(async c => (await c.Batches.SingleAsync()).RevertAskedAt = 1);
        await bench.RestartAsync();
        await bench.Recovery.ResumeAsync(Workbench.Stop);
        await bench.Lanes.WhenEndedAsync("ingestion/" + bench.Scope.SandboxId, "revert/" + batch.Id);
        Assert.Equal(BatchStatus.Inactive, (await bench.Batches.GetAsync(bench.Scope, batch.Id, Workbench.Stop)).Status);
        Assert.Null(await bench.ProfileAsync("a@x.org"));
    }

    [Fact]
    public async Task Replay_ByIdAndExternalId_ReplacesInOneCommit()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        Batch first = await bench.IngestAsync(dataset, Workbench.Person("a@x.org"));
        Batch second = await OpenAsync(bench, dataset, externalId: "mine");
        await bench.UploadAsync(second, "a.json", Workbench.Person("b@x.org"));
        await bench.CompleteAsync(second);
        Batch third = await OpenAsync(bench, dataset, replay: new BatchReplay(["$" + first.Id], ["mine"], "replace"));
        await bench.UploadAsync(third, "a.json", Workbench.Person("c@x.org"));
        Assert.NotNull(await bench.ProfileAsync("a@x.org"));

        Batch done = await bench.CompleteAsync(third);

        Assert.True(done.Status == BatchStatus.Success, done.Errors);
        Assert.Null(await bench.ProfileAsync("a@x.org"));
        Assert.Null(await bench.ProfileAsync("b@x.org"));
        Assert.NotNull(await bench.ProfileAsync("c@x.org"));
        foreach (Batch old in (Batch[])[first, second])
        {
            Batch row = await bench.Batches.GetAsync(bench.Scope, old.Id, Workbench.Stop);
            Assert.Equal((BatchStatus.Inactive, third.Id), (row.Status, (string)JsonNode.Parse(row.Tags)!["acp_successor"]![0]!));
            Assert.False(Directory.Exists(bench.Folder.Lake(bench.Scope.SandboxId, dataset, old.Id)));
        }

        Assert.Equal(3, (await KindsAsync(bench)).Count(k => k == JournalKinds.BatchCommitted));
    }

    [Fact]
    public async Task Replay_NewBatchFails_OldOneStays()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        Batch first = await bench.IngestAsync(dataset, Workbench.Person("a@x.org"));
        Batch second = await OpenAsync(bench, dataset, replay: new BatchReplay([first.Id], [], null));
        await bench.UploadAsync(second, "a.json", "not json");
        Assert.Equal(BatchStatus.Failed, (await bench.CompleteAsync(second)).Status);
        Assert.NotNull(await bench.ProfileAsync("a@x.org"));
        Assert.Equal(BatchStatus.Success, (await bench.Batches.GetAsync(bench.Scope, first.Id, Workbench.Stop)).Status);
    }

    [Fact]
    public async Task Replay_OfAnOpenOrForeignBatch_IsRefused()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        Batch open = await bench.OpenBatchAsync(dataset);
        Batch foreign = await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.org"));
        foreach (Batch batch in (Batch[])[open, foreign])
            Assert.Equal("batch.predecessor", (await Assert.ThrowsAsync<RequestRefusedException>(
                () => OpenAsync(bench, dataset, replay: new BatchReplay([batch.Id], [], null)))).Code);
    }

    [Fact]
    public async Task DeleteDataset_WithData_TakesItOutOfPeople()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string kept = await bench.DatasetAsync(), gone = await bench.DatasetAsync();
        await bench.IngestAsync(kept, Workbench.Person("a@x.org", "\"homeAddress\":{\"country\":\"US\"}"));
        await bench.IngestAsync(gone, Workbench.Person("a@x.org", "\"homeAddress\":{\"city\":\"Austin\"}"), Workbench.Person("b@x.org"));
        Batch open = await bench.OpenBatchAsync(gone);
        await bench.UploadAsync(open, "a.json", Workbench.Person("c@x.org"));

        await bench.Datasets.DeleteAsync(bench.Scope, gone, null, Workbench.Stop);

        Assert.Equal("""{"country":"US"}""", (await bench.ProfileAsync("a@x.org"))!["homeAddress"]!.ToJsonString());
        Assert.Null(await bench.ProfileAsync("b@x.org"));
        Assert.Equal(JournalKinds.DatasetDeleted, (await KindsAsync(bench))[^1]);
        Assert.Equal(1, await bench.QueryAsync(c => c.Batches.CountAsync(Workbench.Stop)));
        Assert.Equal(0, await bench.QueryAsync(c => c.Uploads.CountAsync(Workbench.Stop)));
        Assert.False(Directory.Exists(Path.GetDirectoryName(bench.Folder.Lake(bench.Scope.SandboxId, gone, "x"))));
        Assert.False(Directory.Exists(bench.Folder.Staging(bench.Scope.SandboxId, open.Id)));
        Assert.Equal(404, (await Assert.ThrowsAsync<RequestRefusedException>(
            () => bench.Datasets.DeleteAsync(bench.Scope, gone, null, Workbench.Stop))).Status);
    }

    [Fact]
    public async Task DeleteDataset_AnotherVersion_IsRefusedAndKeepsTheData()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Person("a@x.org"));
        Assert.Equal(412, (await Assert.ThrowsAsync<RequestRefusedException>(
            () => bench.Datasets.DeleteAsync(bench.Scope, dataset, "\"1.0.9\"", Workbench.Stop))).Status);
        Assert.NotNull(await bench.ProfileAsync("a@x.org"));
    }

    [Fact]
    public async Task FailedRecords_AfterThirtyDays_AreGone()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        Batch batch = await bench.OpenBatchAsync(await bench.DatasetAsync());
        await bench.UploadAsync(batch, "a.json", "not json");
        string folder = bench.Folder.Failed(bench.Scope.SandboxId, batch.Id);
        Assert.NotNull((await bench.CompleteAsync(batch)).FailedRecordsPath);
        foreach ((int days, bool isThere) in ((int, bool)[])[(30, true), (1, false)])
        {
            bench.Time.Advance(TimeSpan.FromDays(days));
            await bench.RestartAsync();
            await bench.Recovery.ResumeAsync(Workbench.Stop);
            Assert.Equal(isThere, Directory.Exists(folder));
            Assert.Equal(isThere, (await bench.Batches.GetAsync(bench.Scope, batch.Id, Workbench.Stop)).FailedRecordsPath is not null);
        }
    }

    [Fact]
    public async Task DeleteSandbox_WithData_LeavesNoFiles()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a@x.org"));
        string folder = bench.Folder.Sandbox(bench.Scope.SandboxId);
        Assert.True(Directory.Exists(folder));
        await bench.Sandboxes.DeleteAsync(bench.Scope.OrganizationId, bench.Scope.SandboxName, Workbench.Stop);
        await bench.Lanes.WhenEndedAsync("removal", bench.Scope.SandboxId);
        Assert.False(Directory.Exists(folder));
        Directory.CreateDirectory(folder);
        await bench.RestartAsync();
        await bench.Recovery.ResumeAsync(Workbench.Stop);
        Assert.False(Directory.Exists(folder));
    }

    /// <summary>Whatever was ingested, reverted and replaced before: people are those of the batches that count.</summary>
    [Fact]
    public Task History_OfAnyShape_LeavesThePeopleOfWhatCounts() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 9]).Array[1, 8].SampleAsync(async steps =>
        {
            await using Workbench bench = await Workbench.OpenAsync();
            string dataset = await bench.DatasetAsync();
            var alive = new List<(string Id, int Person, int Step)>();
            for (int i = 0; i < steps.Length; i++)
            {
                (int kind, int person, int which) = steps[i];
                if (kind == 0 && alive.Count > 0)
                {
                    Batch target = await bench.Batches.GetAsync(bench.Scope, alive[which % alive.Count].Id, Workbench.Stop);
                    await RevertAsync(bench, target);
                    alive.RemoveAt(which % alive.Count);
                    continue;
                }

                bool replaces = kind == 1 && alive.Count > 0;
                Batch batch = await OpenAsync(bench, dataset, replay: replaces ? new BatchReplay([alive[which % alive.Count].Id], [], null) : null);
                await bench.UploadAsync(batch, "a.json", Workbench.Person($"p{person}@x.org", $$$""" "person":{"name":{"firstName":"{{{i}}}"}}"""));
                await bench.CompleteAsync(batch);
                if (replaces) alive.RemoveAt(which % alive.Count);
                alive.Add((batch.Id, person, i));
            }

            for (int person = 0; person < 4; person++)
            {
                string? expected = alive.Where(a => a.Person == person).Select(a => a.Step.ToString(System.Globalization.CultureInfo.InvariantCulture)).LastOrDefault();
                if (await NameAsync(bench, $"p{person}@x.org") != expected) return false;
            }

            return true;
        }, iter: 8);

    private static Task<Batch> OpenAsync(Workbench bench, string dataset, string? externalId = null, BatchReplay? replay = null) =>
        bench.Batches.CreateAsync(bench.Scope, new NewBatch(dataset, "json", false, false, null, externalId, null) { Replay = replay }, Workbench.Stop);

    private static async Task<Batch> RevertAsync(Workbench bench, Batch batch)
    {
        await bench.Batches.RevertAsync(bench.Scope, batch.Id, Workbench.Stop);
        await bench.Lanes.WhenEndedAsync("ingestion/" + bench.Scope.SandboxId, "revert/" + batch.Id);
        return await bench.Batches.GetAsync(bench.Scope, batch.Id, Workbench.Stop);
    }

    private static async Task<string?> NameAsync(Workbench bench, string email) =>
        (string?)(await bench.ProfileAsync(email))?["person"]?["name"]?["firstName"];

    private static Task<List<string>> KindsAsync(Workbench bench) =>
        bench.QueryAsync(c => c.Journal.OrderBy(j => j.Number).Select(j => j.Kind).ToListAsync(Workbench.Stop));
}
