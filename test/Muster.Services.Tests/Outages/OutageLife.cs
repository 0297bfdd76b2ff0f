using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Entities;
using Muster.Services.Segmentation.Jobs;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Tests.Outages;

/// <summary>
/// A short life of a store in which everything happens that writes: the same each time. Every person has one event of each batch of events,
/// so that what was lost or counted twice shows in the number of events.
/// </summary>
internal static class OutageLife
{
    /// <summary>Those who are not forgotten; two of them turn out to be one person with other identities.</summary>
    public const int People = 6;
    private const string Gone = "gone@x.com";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Lives it.</summary>
    public static async Task LiveAsync(Workbench bench, OutageRecorder recorder)
    {
        recorder.Root = bench.Folder.Root;
        string people = await bench.DatasetAsync(), events = await bench.DatasetAsync(), target = await bench.TargetAsync();
        string everybody = await bench.SegmentAsync("xEvent.count() >= 1");
        await IngestAsync(bench, recorder, people, [.. Enumerable.Range(0, People).Select(p => Workbench.Person(Name(p))), "no record", Workbench.Person(Gone)]);
        await IngestAsync(bench, recorder, events, Workbench.Event("gone", Gone, "2026-01-01T00:00:00Z"));
        await IngestAsync(bench, recorder, events, Events(0));
        await EvaluateAsync(bench, recorder, everybody);
        await IngestAsync(bench, recorder, events, Events(1));
        await (await bench.Stores.GetAsync(bench.Scope.SandboxId)).CompactAsync(Stop);
        // Two people turn out to be one.
        await IngestAsync(bench, recorder, people,
            $$$"""{"identityMap":{"Email":[{"id":"{{{Name(0)}}}","primary":true}],"CRMID":[{"id":"C0"}]}}""",
            """{"identityMap":{"CRMID":[{"id":"C0","primary":true}],"Phone":[{"id":"+1"}]}}""");
        await EvaluateAsync(bench, recorder, everybody);
        ExportJob export = await bench.StartExportAsync(target, $$$"""{"filter":{"segments":[{"segmentId":"{{{everybody}}}"}]}}""");
        recorder.Ledger = recorder.Ledger with { Exports = recorder.Ledger.Exports.Add(export.Id) };
        await bench.EndedAsync(export);
        string erasure = await bench.Erasures.RequestAsync(bench.Scope, new EntityKey(Gone, "Email"), null, Stop);
        recorder.Ledger = recorder.Ledger with { Erasures = recorder.Ledger.Erasures.Add(erasure) };
        await bench.Lanes.WhenEndedAsync("ingestion/" + bench.Scope.SandboxId, erasure);
        Batch open = await OpenAsync(bench, recorder, events);
        await UploadAsync(bench, recorder, open, Events(2));
    }

    private static Task<int> UploadsAsync(Workbench bench, string batchId) => bench.QueryAsync(c => c.Uploads.CountAsync(u => u.BatchId == batchId, Stop));

    /// <summary>Goes on where an outage ended such a life, and looks whether all that was promised is there, once.</summary>
    public static async Task CheckAsync(Workbench bench, OutageLedger promised)
    {
        Dictionary<string, Batch> batches = await bench.QueryAsync(c => c.Batches.AsNoTracking().ToDictionaryAsync(b => b.Id, Stop));
        foreach ((string id, int uploads) in promised.Batches)
        {
            Assert.True(batches.TryGetValue(id, out Batch? batch), $"Batch {id} is lost.");
            if (batch.Status == BatchStatus.Loading) Assert.True(await UploadsAsync(bench, id) >= uploads, $"An upload of batch {id} is lost.");
            Assert.False(promised.Completed.Contains(id) && batch.Status == BatchStatus.Loading, $"The COMPLETE of batch {id} is lost.");
        }

        int rounds = 0;
        foreach (Batch batch in batches.Values.Where(b => b.Id.Length == 26))
        {
            if (batch.Status == BatchStatus.Loading && await UploadsAsync(bench, batch.Id) == 0) continue;
            Batch done = await bench.CompleteAsync(batch);
            Assert.True(done.Status == BatchStatus.Success, $"{done.Status}: {done.Errors}");
            if (done.FailedRecords > 0)
                Assert.Equal(done.FailedRecords, File.ReadLines(bench.Folder.Absolute(bench.Scope.SandboxId, done.FailedRecordsPath!)).Count());
            else if (done.OutputRecords == People) rounds++;
        }

        foreach (string id in promised.Jobs)
        {
            await bench.JobQueue.WhenEndedAsync(bench.Scope.SandboxId, id);
            SegmentJob job = await bench.Jobs.GetAsync(bench.Scope, id, Stop);
            Assert.True(job.Status == JobStatus.Succeeded, $"{job.Status}: {job.Errors}");
        }

        foreach (long id in promised.Exports)
        {
            ExportJob job = await bench.EndedAsync(await bench.Exports.GetAsync(bench.Scope, id, Stop));
            Assert.True(job.Status == JobStatus.Succeeded, $"{job.Status}: {job.Errors}");
            Batch written = await bench.QueryAsync(c => c.Batches.SingleAsync(b => b.DatasetId == job.DatasetId && b.Status == BatchStatus.Success, Stop));
            foreach (BatchFile file in System.Text.Json.JsonSerializer.Deserialize<BatchFile[]>(written.Files)!)
                Assert.Equal(file.Bytes, new FileInfo(bench.Folder.Absolute(bench.Scope.SandboxId, file.Path)).Length);
        }

        foreach (string id in promised.Erasures)
        {
            await bench.Lanes.WhenEndedAsync("ingestion/" + bench.Scope.SandboxId, id);
            Assert.Null(await bench.ProfileAsync(Gone));
        }

        // Life goes on.
        if (rounds == 0) return;
        string dataset = (await bench.QueryAsync(c => c.Datasets.SingleAsync(d => d.Behavior == "time-series", Stop))).Id;
        await bench.IngestAsync(dataset, Events(5));
        await EventsAsync(bench, rounds + 1);
        string segment = await bench.SegmentAsync($"xEvent.count() = {(rounds + 1).ToString(CultureInfo.InvariantCulture)}");
        SegmentJob last = await bench.EvaluateAsync(segment);
        Assert.True(last.Status == JobStatus.Succeeded, last.Errors);
        Assert.Contains($"\"{segment}\":{People}", last.Metrics.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static async Task EventsAsync(Workbench bench, int rounds)
    {
        for (int person = 0; person < People; person++)
        {
            EntityEvents? found = await bench.Entities.GetEventsAsync(bench.Scope, new EntityKey(Name(person), "Email"),
                new EntityEventQuery(null, null, null, Descending: false, 100, null), null, Stop);
            Assert.Equal(rounds, found?.Events.Count);
        }
    }

    private static async Task IngestAsync(Workbench bench, OutageRecorder recorder, string dataset, params string[] lines)
    {
        Batch batch = await OpenAsync(bench, recorder, dataset);
        await UploadAsync(bench, recorder, batch, lines);
        await bench.Batches.CompleteAsync(bench.Scope, batch.Id, Stop);
        recorder.Ledger = recorder.Ledger with { Completed = recorder.Ledger.Completed.Add(batch.Id) };
        await bench.CompleteAsync(batch);
    }

    private static async Task<Batch> OpenAsync(Workbench bench, OutageRecorder recorder, string dataset)
    {
        Batch batch = await bench.OpenBatchAsync(dataset, share: 50);
        recorder.Ledger = recorder.Ledger with { Batches = recorder.Ledger.Batches.Add(batch.Id, 0) };
        return batch;
    }

    private static async Task UploadAsync(Workbench bench, OutageRecorder recorder, Batch batch, string[] lines)
    {
        await bench.UploadAsync(batch, "part.json", lines);
        recorder.Ledger = recorder.Ledger with { Batches = recorder.Ledger.Batches.SetItem(batch.Id, 1) };
    }

    private static async Task EvaluateAsync(Workbench bench, OutageRecorder recorder, string segment)
    {
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        SegmentJob job = await bench.Jobs.CreateAsync(bench.Scope, new NewSegmentJob([segment], "api", null, null, null), Stop);
        recorder.Ledger = recorder.Ledger with { Jobs = recorder.Ledger.Jobs.Add(job.Id) };
        await bench.JobQueue.WhenEndedAsync(bench.Scope.SandboxId, job.Id);
    }

    private static string[] Events(int round) =>
        [.. Enumerable.Range(0, People).Select(p => Workbench.Event($"e{round}-{p}", Name(p), $"2026-01-0{round + 1}T00:00:00Z"))];

    private static string Name(int person) => string.Create(CultureInfo.InvariantCulture, $"p{person}@x.com");
}
