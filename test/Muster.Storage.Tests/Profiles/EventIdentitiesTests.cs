using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Engine.Columns;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;

namespace Muster.Storage.Tests.Profiles;

/// <summary>However an identity map is kept, it is read as it came.</summary>
public sealed class EventIdentitiesTests : IDisposable
{
    private static readonly DataType Schema = DataType.ObjectOf(("_id", DataType.String), ("identityMap", RunFormat.IdentityMapType), ("timestamp", DataType.Timestamp));

    private static readonly DataType WithMore = DataType.ObjectOf(
        ("_id", DataType.String),
        ("identityMap", DataType.MapOf(DataType.ArrayOf(DataType.ObjectOf(("id", DataType.String), ("xid", DataType.String), ("primary", DataType.Boolean))))),
        ("timestamp", DataType.Timestamp));

    // What a mark can tell.
    private static readonly string[] Marked =
    [
        """{"ECID":[{"id":"1"}]}""", """{"ECID":[{"id":"1","primary":true}]}""", """{"ECID":[{"id":"2","primary":false}]}""",
        """{"ECID":[{"id":"1","authenticatedState":"ambiguous"}]}""", """{"Email":[{"id":"ü@x","primary":true,"authenticatedState":"authenticated"}]}""",
        """{"Email":[{"id":"a-rather-long-address@example.com","primary":false,"authenticatedState":"loggedOut"}]}""",
    ];

    // What it cannot: several identities, other spellings, states of somebody's own, placeholders beside an identity.
    private static readonly string[] Whole =
    [
        """{"ECID":[{"id":"1"},{"id":"2","primary":true}]}""", """{"ECID":[{"id":"1"}],"Email":[{"id":"ü@x"}]}""", """{"ecid":[{"id":"1","primary":true}]}""",
        """{"ECID":[{"id":"2","authenticatedState":"sleeping"}]}""", """{"ECID":[{"id":"1"},{"id":"null"}]}""", """{"Email":[{"id":"a-rather-long-address@example.com"}],"CRM":[]}""",
    ];

    private readonly SandboxFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadEvents_AnyMap_IsWhatCame(bool mixed)
    {
        await using ProfileStore store = await _folder.OpenAsync();
        string[] first = mixed ? [.. Marked, .. Whole] : Marked;
        var expected = first.Select((map, i) => ("a" + i, map)).ToDictionary(e => e.Item1, e => e.map);
        await SandboxFolder.ApplyAsync(store, Batch(Schema, expected));
        await AssertMapsAsync(store, expected);

        // A delta takes over what older runs have; its own file has all kinds.
        var second = Marked.Concat(Whole).Select((map, i) => ("b" + i, map)).ToDictionary(e => e.Item1, e => e.map);
        foreach ((string id, string map) in second) expected.Add(id, map);
        await SandboxFolder.ApplyAsync(store, Batch(Schema, second));
        await AssertMapsAsync(store, expected);

        await SandboxFolder.CompactAsync(store);
        await AssertMapsAsync(store, expected);
        await using ProfileStore reopened = await _folder.OpenAsync(store.Current);
        await AssertMapsAsync(reopened, expected);
    }

    [Fact]
    public async Task ReadEvents_FieldsThatNoMarkTells_AreKept()
    {
        await using ProfileStore store = await _folder.OpenAsync();
        var plain = new Dictionary<string, string> { ["a"] = """{"ECID":[{"id":"1","primary":true,"authenticatedState":"loggedOut"}]}""" };
        var more = new Dictionary<string, string> { ["b"] = """{"ECID":[{"id":"1","xid":"x1","primary":true}]}""", ["c"] = """{"ECID":[{"id":"1","primary":true}]}""" };
        await SandboxFolder.ApplyAsync(store, Batch(Schema, plain), Batch(WithMore, more));
        await AssertMapsAsync(store, plain.Concat(more).ToDictionary());
        await SandboxFolder.CompactAsync(store);
        await AssertMapsAsync(store, plain.Concat(more).ToDictionary());
    }

    private LakeBatch Batch(DataType schema, Dictionary<string, string> maps)
    {
        string map = SqlText.Type(schema.Fields[1].Type);
        string keyed = "MAP(VARCHAR, JSON)";
        // JSON becomes a map of lists field by field: what is missing there is null here.
        IEnumerable<string> fields = schema.Fields[1].Type.Element!.Element!.Fields.Select(f => $"\"{f.Name}\": \"{SqlText.Type(f.Type)}\"");
        string structure = SqlText.Literal($"[{{{string.Join(", ", fields)}}}]");
        IEnumerable<string> rows = maps.Select((m, i) =>
            $"('{m.Key}', map_from_entries(list_transform(map_entries(('{m.Value}'::JSON)::{keyed}), e -> struct_pack(k := e.key, v := json_transform(e.value, {structure}))))::{map}, make_timestamptz({i} * 1000000))");
        return _folder.Batch("orders", DatasetBehavior.TimeSeries, schema, $"VALUES {string.Join(", ", rows)}");
    }

    private static async Task AssertMapsAsync(ProfileStore store, Dictionary<string, string> expected)
    {
        var looked = new Dictionary<string, JsonNode?>();
        var scanned = new List<string>();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using IBlockSource blocks = store.OpenBlocks(store.Current, MergeMethod.Default);
        var request = new ColumnRequest();
        BlockJson.RequestAll(request.Child("xEvent"), RunFormat.IdentityMapType, "identityMap");
        for (int index = 0; index < blocks.BlockCount; index++)
        {
            Block block = await blocks.ReadAsync(index, request, long.MaxValue, cancellation);
            Level events = block.Profiles.FindChild("xEvent")!;
            for (int row = 0; row < block.Count; row++)
            {
                if (block.Alive is { } alive && (alive[row >> 6] & (1UL << row)) == 0) continue;
                IReadOnlyList<ProfileEvent> stored = await store.ReadEventsAsync(
                    store.Current, MergeMethod.Default, block.Ordinals[row], new EventQuery { Limit = 1000 }, cancellation);
                foreach (ProfileEvent item in stored) looked.Add(item.Id!, item.Entity["identityMap"]);
                for (int e = events.Offsets![row]; e < events.Offsets[row + 1]; e++)
                    scanned.Add(Text(BlockJson.Read(events, e, RunFormat.IdentityMapType, "identityMap"), "xid"));
            }
        }

        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), looked.Keys.Order(StringComparer.Ordinal));
        foreach ((string id, string map) in expected) Assert.Equal(Text(JsonNode.Parse(map)), Text(looked[id]));
        Assert.Equal(
            expected.Values.Select(v => Text(JsonNode.Parse(v), "xid")).Order(StringComparer.Ordinal), scanned.Order(StringComparer.Ordinal));
    }

    // Fields in one order; lists that are empty are no values.
    private static string Text(JsonNode? map, params string[] without)
    {
        var sorted = new JsonObject();
        foreach ((string name, JsonNode? list) in map!.AsObject().OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            if (list is not JsonArray { Count: > 0 } items) continue;
            sorted[name] = new JsonArray([.. items.Select(i => (JsonNode)new JsonObject(i!.AsObject().Where(f => f.Value is not null && !without.Contains(f.Key))
                .OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value!.DeepClone()))))]);
        }
        return sorted.ToJsonString(JsonSerializerOptions.Default);
    }
}
