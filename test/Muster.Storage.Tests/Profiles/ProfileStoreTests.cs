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

        Assert.Equal(3, store.Current.ProfileCount);
        Assert.Equal(0, store.FindProfile("email", "ann@example.com"));
        await using IBlockSource blocks = store.OpenBlocks(store.Current);
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
}
