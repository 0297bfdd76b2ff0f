using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;
using Muster.Storage.Files;
using Muster.Storage.Journal;

namespace Muster.Services.Tests.Catalog;

public class DatasetSchemaTests
{
    private const string Schema = """{"type":"object","properties":{"age":{"type":"integer"}}}""";

    [Fact]
    public async Task Schema_DeclaredChangedOrFound_IsInTheJournal()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.Datasets.CreateAsync(bench.Scope, "tester", new JsonObject { ["schema"] = JsonNode.Parse(Schema) }, Workbench.Stop);
        await bench.Datasets.PatchAsync(bench.Scope, "tester", dataset, new JsonObject { ["name"] = "other" }, null, Workbench.Stop);
        await bench.Datasets.PatchAsync(bench.Scope, "tester", dataset, new JsonObject { ["schema"] = null }, null, Workbench.Stop);
        await bench.IngestAsync(dataset, Workbench.Person("a@x.org", "\"age\":1"));
        await bench.IngestAsync(dataset, Workbench.Person("a@x.org", "\"age\":2"));
        List<JournalEntry> entries = await bench.QueryAsync(c => c.Journal.Where(j => j.Kind != JournalKinds.Compacted).OrderBy(j => j.Number)
            .ToListAsync(Workbench.Stop));
        Assert.Equal([JournalKinds.SchemaChanged, JournalKinds.SchemaChanged, JournalKinds.BatchCommitted, JournalKinds.BatchCommitted], entries.Select(e => e.Kind));
        JsonNode[] payloads = [.. entries.Select(e => JsonNode.Parse(e.Payload)!)];
        Assert.Equal([true, false], payloads[..2].Select(p => p["Schema"] is not null));
        Assert.Equal([true, false], payloads[2..].Select(p => p["schema"] is not null));
    }

    [Fact]
    public async Task Inferred_LaterBatchHasMore_GrowsAndKeepsItsTypes()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Person("a@x.org", "\"age\":1,\"code\":\"x\""));
        await bench.IngestAsync(dataset, Workbench.Person("b@x.org", "\"age\":1.5,\"code\":7,\"vip\":true"));
        await bench.IngestAsync(dataset, Workbench.Person("c@x.org", "\"size\":3"));
        JsonNode fields = (await SchemaAsync(bench, dataset))["properties"]!;
        Assert.Equal(["double", "string", "boolean", "long"], ((string[])["age", "code", "vip", "size"]).Select(f => (string?)fields[f]!["meta:xdmType"]));
        JsonObject second = (await bench.ProfileAsync("b@x.org"))!;
        Assert.Equal((1.5, "7", true), ((double)second["age"]!, (string)second["code"]!, (bool)second["vip"]!));
        Assert.Equal(3, (int)(await bench.ProfileAsync("c@x.org"))!["size"]!);
        Batch wrong = await bench.OpenBatchAsync(dataset);
        await bench.UploadAsync(wrong, "part.json", Workbench.Person("d@x.org", "\"age\":\"old\""));
        Assert.Equal(BatchStatus.Failed, (await bench.CompleteAsync(wrong)).Status);
    }

    [Theory]
    [InlineData("""{"age":{"type":"integer"}}""", true)]
    [InlineData("""{"age":{"type":"number"},"vip":{"type":"boolean"}}""", true)]
    [InlineData("""{"age":{"type":"string"}}""", false)]
    [InlineData("""{"vip":{"type":"boolean"}}""", false)]
    public async Task Declared_AfterInference_MustKeepWhatWasFound(string fields, bool isTaken)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(dataset, Workbench.Person("a@x.org", "\"age\":1"));
        if (!isTaken)
        {
            RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(() => DeclareAsync(bench, dataset, fields));
            Assert.Equal((400, "dataset.schemaInUse"), (refused.Status, refused.Code));
            return;
        }

        await DeclareAsync(bench, dataset, fields);
        await bench.IngestAsync(dataset, Workbench.Person("b@x.org", "\"age\":2"));
        Batch wrong = await bench.OpenBatchAsync(dataset);
        await bench.UploadAsync(wrong, "part.json", Workbench.Person("c@x.org", "\"other\":1"));
        Assert.Equal(BatchStatus.Failed, (await bench.CompleteAsync(wrong)).Status);
        Assert.Equal(2.0, (double)(await bench.ProfileAsync("b@x.org"))!["age"]!);
        Assert.Equal("dataset.schemaInUse", (await Assert.ThrowsAsync<RequestRefusedException>(
            () => DeclareAsync(bench, dataset, """{"age":{"type":"number"},"more":{"type":"string"}}"""))).Code);
    }

    [Fact]
    public async Task Declared_AfterAFailedOrARevertedBatch_IsFree()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        Batch failed = await bench.OpenBatchAsync(dataset);
        await bench.UploadAsync(failed, "part.json", "no json");
        Assert.Equal(BatchStatus.Failed, (await bench.CompleteAsync(failed)).Status);
        Batch reverted = await bench.IngestAsync(dataset, Workbench.Person("a@x.org", "\"age\":\"old\""));
        await bench.Batches.RevertAsync(bench.Scope, reverted.Id, Workbench.Stop);
        await bench.Lanes.WhenEndedAsync("ingestion/" + bench.Scope.SandboxId, "revert/" + reverted.Id);

        await DeclareAsync(bench, dataset, """{"age":{"type":"integer"}}""");
        await bench.IngestAsync(dataset, Workbench.Person("a@x.org", "\"age\":2"));

        Assert.Equal(2, (int)(await bench.ProfileAsync("a@x.org"))!["age"]!);
    }

    [Fact]
    public async Task Declared_WhileABatchIsRead_TheBatchIsReadAgainByIt()
    {
        var steps = new OnceSteps(StoreStep.FileWritten);
        await using Workbench bench = await Workbench.OpenAsync(steps);
        string dataset = await bench.DatasetAsync();
        Batch batch = await bench.OpenBatchAsync(dataset);
        await bench.UploadAsync(batch, "part.json", Workbench.Person("a@x.org", "\"age\":1,\"other\":2"));

        steps.Act = () => DeclareAsync(bench, dataset, """{"age":{"type":"integer"}}""").GetAwaiter().GetResult();
        Batch done = await bench.CompleteAsync(batch);

        Assert.Null(steps.Act);
        Assert.Equal(BatchStatus.Failed, done.Status);
        Assert.Contains("other", done.Errors, StringComparison.Ordinal);
        Assert.Null(await bench.ProfileAsync("a@x.org"));
    }

    private static Task DeclareAsync(Workbench bench, string dataset, string fields) => bench.Datasets.PatchAsync(
        bench.Scope, "tester", dataset,
        new JsonObject { ["schema"] = new JsonObject { ["type"] = "object", ["properties"] = JsonNode.Parse(fields) } }, null, Workbench.Stop);

    private static async Task<JsonNode> SchemaAsync(Workbench bench, string dataset) =>
        JsonNode.Parse((await bench.QueryAsync(c => c.Datasets.SingleAsync(d => d.Id == dataset, Workbench.Stop))).SchemaText!)!;

    /// <summary>Does something the first time that a step is reached after it was told what.</summary>
    private sealed class OnceSteps(StoreStep at) : StoreSteps
    {
        private Action? _act;

        public Action? Act
        {
            get => _act;
            set => _act = value;
        }

        public override void Reached(StoreStep step)
        {
            if (step == at) Interlocked.Exchange(ref _act, null)?.Invoke();
        }
    }
}
