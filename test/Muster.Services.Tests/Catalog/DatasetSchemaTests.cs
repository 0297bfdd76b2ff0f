using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;
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
}
