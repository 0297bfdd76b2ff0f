using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Entities;
using Muster.Services.Export;
using Muster.Services.Ingestion;
using Muster.Services.Tests.Maintenance;
using Muster.Storage.ControlPlane;
using Muster.Storage.Files;
using Muster.Storage.Journal;

namespace Muster.Services.Tests.Entities;

/// <summary>Wherever a person's identity stands, and whatever runs meanwhile: it is gone afterwards.</summary>
public sealed class ErasureCompletenessTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RequestAsync_FailedRecords_AreWithoutThePerson()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Person("c@x.org", "\"age\":1"));
        Batch batch = await bench.OpenBatchAsync(dataset, share: 90);
        await bench.UploadAsync(batch, "a.json", Workbench.Person("a@x.org", "\"age\":1"), Workbench.Person("a@x.org", "\"age\":\"x\""), Workbench.Person("b@x.org", "\"age\":\"y\""),
            """{"identityMap":{"Email":[{"id":"a\u0040x.org"}]},"age":"z"}""", "no json a@x.org", "no json");
        Batch done = await bench.CompleteAsync(batch);
        Assert.Equal(5, done.FailedRecords);

        await EraseAsync(bench, "a@x.org");

        string[] left = await File.ReadAllLinesAsync(bench.Folder.Absolute(bench.Scope.SandboxId, done.FailedRecordsPath!), Stop);
        Assert.Equal(2, left.Length);
        Assert.Contains("b@x.org", left[0], StringComparison.Ordinal);
        Assert.DoesNotContain("a@x.org", string.Concat(left), StringComparison.Ordinal);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
    }

    [Theory]
    [InlineData("lines")]
    [InlineData("array")]
    [InlineData("gzip")]
    public async Task RequestAsync_UploadsOfOpenBatches_AreWithoutThePerson(string form)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, """{"identityMap":{"Email":[{"id":"a@x.org","primary":true}],"CRMID":[{"id":"7"}]}}""");
        Batch open = await bench.Batches.CreateAsync(bench.Scope, new NewBatch(dataset, "json", form == "array", false, null, null, null), Stop);
        string[] records = [Workbench.Person("b@x.org"), "{\"identityMap\":{\"crmid\":[\n{\"id\":\"7\"}]}}".Replace("\n", form == "array" ? "\n" : "", StringComparison.Ordinal), Workbench.Person("7")];
        byte[] content = Encoding.UTF8.GetBytes(form == "array" ? $"[{string.Join(",\n", records)}]" : string.Join('\n', records));
        if (form == "gzip")
        {
            using var packed = new MemoryStream();
            await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) await gzip.WriteAsync(content, Stop);
            content = packed.ToArray();
        }

        await bench.Batches.UploadAsync(bench.Scope, open.Id, dataset, "a.json", new MemoryStream(content), Stop);
        await EraseAsync(bench, "a@x.org");
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
        Batch done = await bench.CompleteAsync(open);

        Assert.Equal((BatchStatus.Success, 2L), (done.Status, done.OutputRecords));
        Assert.Null((await bench.Entities.GetProfileAsync(bench.Scope, new EntityKey("7", "CRMID"), null, null, Stop))?.Entity);
        Assert.NotNull(await bench.ProfileAsync("b@x.org"));
        Assert.NotNull(await bench.ProfileAsync("7"));
    }

    [Fact]
    public async Task RequestAsync_NamedInRecordsOfOthersWithoutALink_IsTakenOutOfThem()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.Rules.SetAsync(bench.Scope, new() { ["uniqueNamespaces"] = new System.Text.Json.Nodes.JsonArray("Email") }, Stop);
        // Two identities of a unique namespace link nothing, so no link says that the record names b.
        Batch batch = await bench.IngestAsync(await bench.DatasetAsync(),
            """{"identityMap":{"Email":[{"id":"a@x.org","primary":true},{"id":"b@x.org"}],"IDFA":[{"id":"1"}]}}""", Workbench.Person("b@x.org"));

        await EraseAsync(bench, "b@x.org");

        Assert.DoesNotContain("b@x.org", string.Concat(await bench.ReadAsync(batch.Id, "SELECT identityMap::VARCHAR AS i FROM exported")), StringComparison.Ordinal);
        EntityDocument a = (await bench.Entities.GetProfileAsync(bench.Scope, new EntityKey("a@x.org", "Email"), null, null, Stop))!;
        Assert.Equal(2, a.IdentityGraph.Count);
        Assert.Empty((await StoreVerificationTests.VerifyAsync(bench)).Problems);
        await StoreDescription.AssertRebuiltIsEqualAsync(bench);
    }

    [Fact]
    public async Task RequestAsync_SeveralThatWait_AreOneCommit()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), [.. "abcd".Select(p => Workbench.Person(p.ToString()))]);
        var gate = new TaskCompletionSource();
        bench.Lanes.TryAdd(BatchQueue.Lane(bench.Scope.SandboxId), "gate", _ => gate.Task);
        string[] requests = [await RequestAsync(bench, "a"), await RequestAsync(bench, "b"), await RequestAsync(bench, "c"), await RequestAsync(bench, "nobody")];
        gate.SetResult();
        foreach (string request in requests) await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), request);

        Assert.Null(await bench.ProfileAsync("a"));
        Assert.Null(await bench.ProfileAsync("c"));
        Assert.NotNull(await bench.ProfileAsync("d"));
        List<ErasureRequest> rows = await bench.QueryAsync(c => c.ErasureRequests.ToListAsync(Stop));
        Assert.All(rows, r => Assert.Equal((JobStatus.Succeeded, "", ""), (r.Status, r.Namespace, r.Identity)));
        Assert.Equal(3, rows.Sum(r => r.Forgotten));
        Assert.Equal(1, await bench.QueryAsync(c => c.Journal.CountAsync(j => j.Kind == JournalKinds.PeopleErased, Stop)));
    }

    [Fact]
    public async Task RequestAsync_WhileAnExportIsWritten_TheExportIsWithoutThePerson()
    {
        var steps = new Interlude(StoreStep.ExportWriting);
        await using Workbench bench = await Workbench.OpenAsync(steps);
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a"), Workbench.Person("b"));
        steps.Play = () => EraseAsync(bench, "a").GetAwaiter().GetResult();

        ExportJob job = await bench.ExportAsync(await bench.TargetAsync(), "{}");

        await AssertOnlyAsync(bench, job, "b");
        Assert.Contains("\"totalExportedProfileCounter\":1", job.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExportAsync_EndsWhileAPersonIsForgotten_TheExportIsWithoutThePerson()
    {
        var steps = new Interlude(StoreStep.CommitBefore);
        await using Workbench bench = await Workbench.OpenAsync(steps);
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a"), Workbench.Person("b"));
        string target = await bench.TargetAsync();
        ExportJob? job = null;
        steps.Play = () => job = bench.ExportAsync(target, "{}").GetAwaiter().GetResult();

        await EraseAsync(bench, "a");

        await AssertOnlyAsync(bench, job!, "b");
        Assert.Null(await bench.ProfileAsync("a"));
    }

    private static async Task AssertOnlyAsync(Workbench bench, ExportJob job, string id)
    {
        Assert.True(job.Status == JobStatus.Succeeded, job.Errors);
        string batch = JsonSerializer.Deserialize<ExportBatch[]>(job.Batches)!.Single().BatchId;
        Assert.Contains($"id': {id},", Assert.Single(await bench.ReadAsync(batch, "SELECT identityMap::VARCHAR AS i FROM exported")), StringComparison.Ordinal);
    }

    private static Task<string> RequestAsync(Workbench bench, string id) => bench.Erasures.RequestAsync(bench.Scope, new EntityKey(id, "Email"), null, Stop);

    private static async Task EraseAsync(Workbench bench, string id) =>
        await bench.Lanes.WhenEndedAsync(BatchQueue.Lane(bench.Scope.SandboxId), await RequestAsync(bench, id));

    /// <summary>Does something the next time that a step is reached, before the work goes on.</summary>
    private sealed class Interlude(StoreStep at) : StoreSteps
    {
        private Action? _play;

        public Action Play
        {
            set => _play = value;
        }

        public override void Reached(StoreStep step)
        {
            if (step == at) Interlocked.Exchange(ref _play, null)?.Invoke();
        }
    }
}
