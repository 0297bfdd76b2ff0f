using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Muster.Storage.Lake;

namespace Muster.Storage.Tests.Lake;

public sealed class RandomRecordsTests
{
    private static readonly Gen<JsonNode?> s_scalar = Gen.OneOf(
        Gen.Const((JsonNode?)null),
        Gen.Bool.Select(b => (JsonNode?)b),
        Gen.Int.Select(i => (JsonNode?)i),
        Gen.Double[-1e9, 1e9].Select(d => (JsonNode?)d),
        OneOf("", "x", "é\"\\", "line\nbreak", "\U0001F600", "null", "2024-01-01").Select(s => (JsonNode?)s));

    private static readonly Gen<JsonNode> s_record = Gen.Int[0, 3].SelectMany(Object);

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<JsonNode> Object(int depth) => Gen.Select(OneOf("a", "b", "c", "d e"), Value(depth)).List[0, 4].Select(fields =>
    {
        var node = new JsonObject();
        foreach ((string name, JsonNode? value) in fields) node[name] = value?.DeepClone();
        return (JsonNode)node;
    });

    private static Gen<JsonNode?> Value(int depth) => depth == 0
        ? s_scalar
        : Gen.Frequency(
            (4, s_scalar),
            (2, Object(depth - 1).Select(o => (JsonNode?)o)),
            (1, Value(depth - 1).List[0, 3].Select(l => (JsonNode?)new JsonArray([.. l.Select(v => v?.DeepClone())]))));

    [Fact]
    public void LoadAsync_RandomRecords_ReadBackEqualOrFail() => s_record.List[1, 8].Sample(
        records =>
        {
            using var fixture = new LoaderFixture();
            string text = string.Join('\n', records.Select((r, i) => With(r, "_id", "r" + i).ToJsonString()));
            LoadResult result = fixture.Load(text).GetAwaiter().GetResult();
            Assert.True(result.Succeeded);
            HashSet<long> failed = result.FailedRecordsPath is null
                ? []
                : [.. File.ReadLines(result.FailedRecordsPath).Select(l => JsonNode.Parse(l)!["_row"]!.GetValue<long>())];
            string[] rows = result.Files.Count == 0
                ? []
                : fixture.Read(result, "SELECT to_json(lake) FROM (SELECT * EXCLUDE (file_row_number, identityMap, timestamp, _id) , 1 AS one FROM lake) lake");
            JsonNode[] good = [.. records.Where((_, i) => !failed.Contains(i + 1))];
            Assert.Equal(good.Length, rows.Length);
            for (int i = 0; i < rows.Length; i++) AssertSame(With(good[i], "one", 1), JsonNode.Parse(rows[i]));
        },
        iter: 60, threads: 1);

    private static JsonNode With(JsonNode record, string name, JsonNode value)
    {
        JsonNode copy = record.DeepClone();
        copy[name] = value;
        return copy;
    }

    private static bool IsAbsent(JsonNode? node) => node switch
    {
        null => true,
        JsonObject o => o.All(p => IsAbsent(p.Value)),
        JsonArray a => a.All(IsAbsent),
        _ => false,
    };

    private static void AssertSame(JsonNode? sent, JsonNode? stored)
    {
        Assert.Equal(IsAbsent(sent), IsAbsent(stored));
        if (IsAbsent(sent)) return;
        switch (sent)
        {
            case JsonObject o:
                foreach (string name in o.Select(p => p.Key).Union(stored!.AsObject().Select(p => p.Key))) AssertSame(o[name], stored[name]);
                break;
            case JsonArray a:
                Assert.Equal(a.Count, stored!.AsArray().Count);
                for (int i = 0; i < a.Count; i++) AssertSame(a[i], stored[i]);
                break;
            default:
                bool isText = stored!.GetValueKind() == JsonValueKind.String;
                if (isText) Assert.Equal(sent!.GetValueKind() == JsonValueKind.String ? sent.GetValue<string>() : sent.ToJsonString(), stored.GetValue<string>());
                else Assert.Equal(NumberOf(sent!), NumberOf(stored));
                break;
        }
    }

    private static double NumberOf(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture),
    };
}
