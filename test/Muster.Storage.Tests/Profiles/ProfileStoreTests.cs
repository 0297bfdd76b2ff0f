using System.Text.Json.Nodes;
using CsCheck;
using Muster.Engine.Columns;
using Muster.Pql.Types;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;

namespace Muster.Storage.Tests.Profiles;

public class ProfileStoreTests
{
    private static readonly DataType People = DataType.ObjectOf(
        ("_id", DataType.String),
        ("identityMap", RunFormat.IdentityMapType),
        ("person", DataType.ObjectOf(("name", DataType.String), ("age", DataType.Integer))),
        ("tags", DataType.ArrayOf(DataType.String)));

    private static readonly DataType Orders = DataType.ObjectOf(
        ("_id", DataType.String),
        ("identityMap", RunFormat.IdentityMapType),
        ("timestamp", DataType.Timestamp),
        ("commerce", DataType.ObjectOf(("price", DataType.Double))),
        ("items", DataType.ArrayOf(DataType.ObjectOf(("sku", DataType.String), ("quantity", DataType.Integer)))));

    [Fact]
    public async Task PrepareAsync_RecordsAndEvents_AreReadAsOneBlock()
    {
        using var folder = new SandboxFolder();
        LakeBatch people = folder.Batch("people", DatasetBehavior.Record, People, $"""
            VALUES ('r1', {SandboxFolder.Ids(("Email", "ann@example.com", true), ("ECID", "1", false))}, struct_pack(name := 'Ann', age := 30), ['a', 'b']),
                   ('r2', {SandboxFolder.Ids(("Email", "bob@example.com", true))}, struct_pack(name := 'Bob', age := NULL), NULL)
            """);
        LakeBatch orders = folder.Batch("orders", DatasetBehavior.TimeSeries, Orders, $"""
            VALUES ('e1', {SandboxFolder.Ids(("ecid", "1", true))}, '2024-01-02T00:00:00Z'::TIMESTAMPTZ, struct_pack(price := 2.5), [struct_pack(sku := 's1', quantity := 2)]),
                   ('e2', {SandboxFolder.Ids(("ECID", "1", true))}, '2024-01-01T00:00:00Z'::TIMESTAMPTZ, struct_pack(price := 1.5), NULL),
                   ('e1', {SandboxFolder.Ids(("ECID", "1", true))}, '2024-01-02T00:00:00Z'::TIMESTAMPTZ, struct_pack(price := 9), NULL),
                   ('e3', {SandboxFolder.Ids(("ECID", "9", true))}, '2024-01-03T00:00:00Z'::TIMESTAMPTZ, NULL, NULL)
            """);
        await using ProfileStore store = await folder.OpenAsync();
        await SandboxFolder.ApplyAsync(store, people, orders);

        Assert.Equal(3, store.Current.Default.ProfileCount);
        Assert.Equal(0, store.FindProfile(GraphType.Pdg, "email", "ann@example.com"));
        await using IBlockSource blocks = store.OpenBlocks(store.Current, MergeMethod.Default);
        Assert.Equal(1, blocks.BlockCount);
        var request = new ColumnRequest { Columns = { "person.name", "person.age" } };
        request.Child("tags").Columns.Add("");
        ColumnRequest events = request.Child("xEvent");
        events.Columns.UnionWith(["commerce.price", "timestamp"]);
        events.Child("items").Columns.UnionWith(["sku", "quantity"]);
        Block block = await blocks.ReadAsync(0, request, long.MaxValue, TestContext.Current.CancellationToken);

        Assert.Equal([0L, 1, 2], block.Ordinals);
        var name = (CodedColumn)block.Profiles.FindColumn("person.name")!;
        Assert.Equal("Ann", name.Dictionary[name.Codes[0]]);
        Assert.False(name.IsValid(2));
        Level xEvent = block.Profiles.FindChild("xEvent")!;
        Assert.Equal([0, 2, 2, 3], xEvent.Offsets!);
        Assert.Equal([1.5, 2.5], ((DoubleColumn)xEvent.FindColumn("commerce.price")!).Values[..2]);
        Level items = xEvent.FindChild("items")!;
        Assert.Equal([0, 0, 1, 1], items.Offsets!);
        var sku = (CodedColumn)items.FindColumn("sku")!;
        Assert.Equal("s1", sku.Dictionary[sku.Codes[0]]);
        Assert.Equal([0, 2, 2, 2], block.Profiles.FindChild("tags")!.Offsets!);

        Block before = await blocks.ReadAsync(0, request, 1704067200000, TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 1, 1], before.Profiles.FindChild("xEvent")!.Offsets!);
    }

    [Fact]
    public void ReadAsync_RandomNestedTypes_AgreesWithDuckDbsJson() =>
        Gen.Select(RandomRecords.Types(3).Array[1, 4], Gen.Int).Sample(
            (types, seed) => CompareAsync(types, seed).GetAwaiter().GetResult(), iter: 12, threads: 1);

    [Fact]
    public async Task ReadAsync_MoreThanABlock_CutsAtWholeProfiles()
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        DataType schema = DataType.ObjectOf(("identityMap", RunFormat.IdentityMapType), ("timestamp", DataType.Timestamp), ("n", DataType.Integer));
        LakeBatch batch = folder.Batch("orders", DatasetBehavior.TimeSeries, schema, """
            SELECT MAP {'ECID': [{'id': (i % 70000)::VARCHAR, 'primary': true, 'authenticatedState': NULL::VARCHAR}]}, make_timestamptz(i * 1000000), i FROM range(100000) r(i)
            """);
        await SandboxFolder.ApplyAsync(store, batch);

        await using IBlockSource blocks = store.OpenBlocks(store.Current, MergeMethod.Default);
        Assert.Equal(2, blocks.BlockCount);
        Assert.Equal(70_000, blocks.ProfileCount);
        var request = new ColumnRequest();
        request.Child("xEvent").Columns.Add("n");
        Block[] read = await Task.WhenAll(Enumerable.Range(0, 2).Select(b => Task.Run(async () =>
            await blocks.ReadAsync(b, request, 99_990_000, TestContext.Current.CancellationToken))));
        Assert.Equal([65_536, 4_464], read.Select(b => b.Count));
        Assert.Equal(70_000 - 1, read[1].Ordinals[^1]);
        int events = 0;
        foreach (Block block in read)
        {
            Level level = block.Profiles.FindChild("xEvent")!;
            events += level.Count;
            long[] n = ((Int64Column)level.FindColumn("n")!).Values;
            for (int row = 0; row < block.Count; row++)
                for (int e = level.Offsets![row]; e < level.Offsets[row + 1]; e++) Assert.Equal(block.Ordinals[row], n[e] % 70_000);
        }
        // The last nine events are later than the instant.
        Assert.Equal(100_000 - 9, events);
    }

    [Fact]
    public async Task PrepareAsync_Delta_HidesWhatItReplaces()
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        LakeBatch Person(string email, string device, string name) => folder.Batch("people", DatasetBehavior.Record, People,
            $"VALUES (NULL, {SandboxFolder.Ids(("Email", email, true), ("ECID", device, false))}, struct_pack(name := '{name}', age := NULL), NULL)");
        LakeBatch crowd = folder.Batch("people", DatasetBehavior.Record, People, """
            SELECT NULL, MAP {'Email': [{'id': 'p' || i, 'primary': true, 'authenticatedState': NULL::VARCHAR}]}, struct_pack(name := 'n' || i, age := i), NULL FROM range(100) r(i)
            """);
        await SandboxFolder.ApplyAsync(store, crowd, Person("a", "1", "Ann"), Person("b", "2", "Bob"));
        StoreManifest before = store.Current;
        IBlockSource pinned = store.OpenBlocks(before, MergeMethod.Default);
        PreparedApply merge = await SandboxFolder.ApplyAsync(store, Person("a", "2", "Anna"));

        Assert.Equal(new Dictionary<long, long> { [101] = 100 }, merge.Remap.Retired);
        Assert.Equal([100L], merge.ChangedProfiles);
        Assert.Equal(2, store.Current.Default.Runs.Count);
        Assert.Equal(101, store.Current.Default.ProfileCount);
        Assert.Equal(100, store.FindProfile(GraphType.Pdg, "Email", "b"));
        Assert.Null(await store.ReadProfileAsync(store.Current, MergeMethod.Default, 101, TestContext.Current.CancellationToken));
        Assert.Equal("Anna", (await store.ReadProfileAsync(store.Current, MergeMethod.Default, 100, TestContext.Current.CancellationToken))!.Entity["person"]!["name"]!.GetValue<string>());
        Assert.Equal(Enumerable.Range(0, 101).Select(i => (long)i), await AliveAsync(store, store.Current));
        Assert.Equal(Enumerable.Range(0, 102).Select(i => (long)i), await AliveAsync(store, before));

        await SandboxFolder.CompactAsync(store);
        Assert.Single(store.Current.Default.Runs);
        Assert.Equal(Enumerable.Range(0, 101).Select(i => (long)i), await AliveAsync(store, store.Current));
        // The delta's run goes at once; the first one is pinned.
        Assert.Equal(1, store.Sweep());
        Assert.Equal(102, pinned.ProfileCount);
        await pinned.ReadAsync(0, new ColumnRequest { Columns = { "person.name" } }, 0, TestContext.Current.CancellationToken);
        await pinned.DisposeAsync();
        Assert.Equal(1, store.Sweep());
        Assert.Equal(0, store.Sweep());
    }

    [Fact]
    public async Task PrepareAsync_PeopleWhoMerge_HaveEventsOfAnInstantInTheOrderOfArrival()
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        DataType schema = DataType.ObjectOf(("_id", DataType.String), ("identityMap", RunFormat.IdentityMapType), ("timestamp", DataType.Timestamp));
        LakeBatch Events(string first) => folder.Batch("orders", DatasetBehavior.TimeSeries, schema, $$"""
            SELECT '{{first}}' || i, MAP {'ECID': [{'id': (i % 3)::VARCHAR, 'primary': true, 'authenticatedState': NULL::VARCHAR}]}, make_timestamptz(0) FROM range(9) r(i)
            """);
        await SandboxFolder.ApplyAsync(store, Events("a"));
        await SandboxFolder.ApplyAsync(store, Events("b"));
        LakeBatch link = folder.Batch("people", DatasetBehavior.Record, People,
            $"VALUES (NULL, {SandboxFolder.Ids(("Email", "e", true), ("ECID", "0", false), ("ECID", "1", false), ("ECID", "2", false))}, NULL, NULL)");
        await SandboxFolder.ApplyAsync(store, link);

        async Task<string> ReadAsync()
        {
            long person = store.FindProfile(GraphType.Pdg, "Email", "e")!.Value;
            IReadOnlyList<ProfileEvent> events = await store.ReadEventsAsync(
                store.Current, MergeMethod.Default, person, new EventQuery { Limit = 100 }, TestContext.Current.CancellationToken);
            return string.Join(' ', events.Select(e => e.Id));
        }

        string expected = string.Join(' ', new[] { "a", "b" }.SelectMany(b => Enumerable.Range(0, 9).Select(i => b + i)));
        Assert.Equal(expected, await ReadAsync());
        await SandboxFolder.CompactAsync(store);
        Assert.Equal(expected, await ReadAsync());
    }

    [Fact]
    public async Task PrepareAsync_SchemasThatDiffer_AreUnited()
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        DataType Items(DataType element) => DataType.ObjectOf(("identityMap", RunFormat.IdentityMapType), ("items", DataType.ArrayOf(element)), ("n", element.Fields[0].Type));
        DataType first = Items(DataType.ObjectOf(("sku", DataType.Integer))), second = Items(DataType.ObjectOf(("color", DataType.String)));
        DataType third = Items(DataType.ObjectOf(("sku", DataType.Double), ("sizes", DataType.MapOf(DataType.Integer))));
        string a = SandboxFolder.Ids(("Email", "a", true)), b = SandboxFolder.Ids(("Email", "b", true)), c = SandboxFolder.Ids(("Email", "c", true));
        await SandboxFolder.ApplyAsync(
            store,
            folder.Batch("x", DatasetBehavior.Record, first, $"VALUES ({a}, [struct_pack(sku := 7)], 1)"),
            folder.Batch("y", DatasetBehavior.Record, second, $"VALUES ({b}, [struct_pack(color := 'red')], 'one')"),
            folder.Batch("z", DatasetBehavior.Record, third, $"VALUES ({c}, [struct_pack(sku := 1.5, sizes := MAP {{'S': 3}})], 2.5)"));

        var found = new List<string>();
        for (int i = 0; i < 3; i++)
        {
            JsonObject entity = (await store.ReadProfileAsync(store.Current, MergeMethod.Default, i, TestContext.Current.CancellationToken))!.Entity;
            entity.Remove("identityMap");
            found.Add(entity.ToJsonString());
        }

        Assert.Equal(["""{"items":[{"sku":7.0}],"n":"1"}""", """{"items":[{"color":"red"}],"n":"one"}""", """{"items":[{"sku":1.5,"sizes":{"S":3}}],"n":"2.5"}"""], found);
    }

    [Fact]
    public async Task PrepareAsync_NamesThatCollide_DoNotStopTheApply()
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        DataType first = DataType.ObjectOf(("identityMap", RunFormat.IdentityMapType), ("City", DataType.String), ("_row", DataType.Integer));
        DataType second = DataType.ObjectOf(("identityMap", RunFormat.IdentityMapType), ("city", DataType.String));
        await SandboxFolder.ApplyAsync(
            store,
            folder.Batch("x", DatasetBehavior.Record, first, $"VALUES ({SandboxFolder.Ids(("Email", "a", true))}, 'Rome', 7)"),
            folder.Batch("y", DatasetBehavior.Record, second, $"VALUES ({SandboxFolder.Ids(("Email", "b", true))}, 'Oslo')"),
            folder.Batch("z", DatasetBehavior.TimeSeries, first, $"VALUES ({SandboxFolder.Ids(("Email", "c", true))}, 'Bern', 7)"));

        Assert.Equal("Rome", (await store.ReadProfileAsync(store.Current, MergeMethod.Default, 0, TestContext.Current.CancellationToken))!.Entity["City"]!.GetValue<string>());
        Assert.Single(await store.ReadEventsAsync(store.Current, MergeMethod.Default, 2, new EventQuery(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadEventsAsync_RangeAndOrder_PicksEvents()
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        string ids = SandboxFolder.Ids(("ECID", "1", true));
        await SandboxFolder.ApplyAsync(store, folder.Batch("orders", DatasetBehavior.TimeSeries, Orders,
            $"SELECT 'e' || i, {ids}, CASE WHEN i < 9 THEN make_timestamptz(i * 1000000) END, NULL, NULL FROM range(10) r(i)"));
        async Task<string> Read(EventQuery query) =>
            string.Join(' ', (await store.ReadEventsAsync(store.Current, MergeMethod.Default, 0, query, TestContext.Current.CancellationToken)).Select(e => e.Id));

        Assert.Equal("e0 e1 e2 e3 e4 e5 e6 e7 e8 e9", await Read(new EventQuery()));
        Assert.Equal("e2 e3", await Read(new EventQuery { Start = 2000, End = 4000 }));
        Assert.Equal("e7 e6", await Read(new EventQuery { Descending = true, Offset = 1, Limit = 2 }));
        Assert.Equal("e0 e1", await Read(new EventQuery { Start = long.MinValue, End = long.MaxValue, Limit = 2 }));
    }

    [Fact]
    public async Task PrepareAsync_Cancelled_LeavesNothing()
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        LakeBatch batch = folder.Batch("people", DatasetBehavior.Record, People,
            $"VALUES (NULL, {SandboxFolder.Ids(("Email", "a", true))}, struct_pack(name := 'Ann', age := NULL), NULL)");
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PrepareAsync(new StoreChange { Added = [batch] }, new Canceller(cancellation), cancellation.Token));
        Assert.Equal(0, store.Sweep());
        await SandboxFolder.ApplyAsync(store, batch);
        Assert.Equal(0, store.FindProfile(GraphType.Pdg, "Email", "a"));
    }

    [Fact]
    public async Task Discard_Prepared_LeavesNothing()
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        LakeBatch batch = folder.Batch("people", DatasetBehavior.Record, People,
            $"VALUES (NULL, {SandboxFolder.Ids(("Email", "a", true))}, struct_pack(name := 'Ann', age := NULL), NULL)");
        PreparedApply prepared = await store.PrepareAsync(new StoreChange { Added = [batch] }, null, TestContext.Current.CancellationToken);
        Assert.Null(store.FindProfile(GraphType.Pdg, "Email", "a"));
        store.Discard(prepared);
        Assert.Equal(0, store.Sweep());

        // The same again, and once more: the second changes no profile.
        await SandboxFolder.ApplyAsync(store, batch);
        Assert.Equal(0, store.FindProfile(GraphType.Pdg, "Email", "a"));
        await SandboxFolder.ApplyAsync(store, batch);
        Assert.Equal(1, store.Current.Default.ProfileCount);
        string json = System.Text.Json.JsonSerializer.Serialize(store.Current);
        await using ProfileStore reopened = await folder.OpenAsync(System.Text.Json.JsonSerializer.Deserialize<StoreManifest>(json));
        Assert.Equal(0, reopened.FindProfile(GraphType.Pdg, "email", "a"));
        Assert.NotNull(await reopened.ReadProfileAsync(reopened.Current, MergeMethod.Default, 0, TestContext.Current.CancellationToken));
    }

    private static async Task CompareAsync(DataType[] types, int seed)
    {
        using var folder = new SandboxFolder();
        await using ProfileStore store = await folder.OpenAsync();
        var random = new Random(seed);
        DataType schema = DataType.ObjectOf([new Field("_id", DataType.String), new Field("identityMap", RunFormat.IdentityMapType), .. types.Select((t, i) => new Field("c" + i, t))]);
        IEnumerable<string> rows = Enumerable.Range(0, 40).Select(r =>
            $"('r{r}', {SandboxFolder.Ids(("Email", "p" + r, true))}, {string.Join(", ", types.Select(t => RandomRecords.Value(t, random)))})");
        await SandboxFolder.ApplyAsync(store, folder.Batch("people", DatasetBehavior.Record, schema, "VALUES " + string.Join(", ", rows)));

        var request = new ColumnRequest();
        BlockJson.RequestAll(request, schema, "");
        await using IBlockSource blocks = store.OpenBlocks(store.Current, MergeMethod.Default);
        Block block = await blocks.ReadAsync(0, request, 0, TestContext.Current.CancellationToken);
        for (int row = 0; row < block.Count; row++)
        {
            ProfileDocument? document = await store.ReadProfileAsync(store.Current, MergeMethod.Default, row, TestContext.Current.CancellationToken);
            document!.Entity.Remove("identityMap");
            var read = (JsonObject)BlockJson.Read(block.Profiles, row, schema, "")!;
            read.Remove("identityMap");
            Assert.Equal(document.Entity.ToJsonString(), read.ToJsonString());
        }
    }

    private static async Task<List<long>> AliveAsync(ProfileStore store, StoreManifest manifest)
    {
        await using IBlockSource blocks = store.OpenBlocks(manifest, MergeMethod.Default);
        var alive = new List<long>();
        for (int b = 0; b < blocks.BlockCount; b++)
        {
            Block block = await blocks.ReadAsync(b, new ColumnRequest(), 0, TestContext.Current.CancellationToken);
            for (int row = 0; row < block.Count; row++)
                if (block.Alive is null || (block.Alive[row >> 6] & (1UL << row)) != 0) alive.Add(block.Ordinals[row]);
        }
        Assert.Equal(blocks.ProfileCount, alive.Count);
        return [.. alive.Order()];
    }

    // Cancels at the first report, in the middle of the work.
    private sealed class Canceller(CancellationTokenSource source) : IProgress<double>
    {
        public void Report(double value) => source.Cancel();
    }
}
