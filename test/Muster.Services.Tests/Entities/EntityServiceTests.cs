using System.Text.Json.Nodes;
using Muster.Services.Entities;

namespace Muster.Services.Tests.Entities;

public class EntityServiceTests
{
    [Fact]
    public async Task GetProfile_ByXidNamespaceInAnyCaseAndFields_IsTheMergedPerson()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        await bench.IngestAsync(
            dataset,
            """{"identityMap":{"Email":[{"id":"a","primary":true}],"CRM":[{"id":"7"}]},"person":{"name":{"firstName":"Ann","lastName":"Lee"}},"_shop":{"pets":[{"n":"Rex","legs":4},{"n":"Tom"}]}}""");

        EntityDocument byCrm = (await bench.Entities.GetProfileAsync(bench.Scope, new EntityKey("7", "crm"), null, null, Workbench.Stop))!;
        Assert.Equal([Xid.Encode("CRM", "7"), Xid.Encode("Email", "a")], byCrm.IdentityGraph.Order());
        Assert.Equal([dataset], byCrm.Sources);
        EntityDocument byXid = (await bench.Entities.GetProfileAsync(bench.Scope, new EntityKey(byCrm.EntityId, null), null, null,
            Workbench.Stop))!;
        Assert.True(JsonNode.DeepEquals(byCrm.Entity, byXid.Entity));
        JsonObject part = (await bench.ProfileAsync("a", "person.name.lastName", "_shop.pets.legs", "not.there"))!;
        Assert.Equal("""{"person":{"name":{"lastName":"Lee"}},"_shop":{"pets":[{"legs":4}]}}""", part.ToJsonString());
    }

    [Theory]
    [InlineData("unknown", "Email", 0)]
    [InlineData("a", "Nowhere", 0)]
    [InlineData("no xid", null, 400)]
    public async Task GetProfile_NobodyOrNoIdentity_IsNullOrRefused(string id, string? ns, int status)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a"));
        Task<EntityDocument?> Get(string? policy) =>
            bench.Entities.GetProfileAsync(bench.Scope, new EntityKey(id, ns), null, policy, Workbench.Stop);
        if (status == 0) Assert.Null(await Get(null));
        else Assert.Equal(status, (await Assert.ThrowsAsync<RequestRefusedException>(() => Get(null))).Status);
        Assert.Equal(400, (await Assert.ThrowsAsync<RequestRefusedException>(() => Get("no-policy"))).Status);
    }

    [Fact]
    public async Task GetEvents_PagesInBothOrders_GiveEachEventOnce()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        string[] lines = Enumerable.Range(0, 7)
            .Select(i => Workbench.Event($"e{i}", "a", $"2026-02-0{1 + (i * 3 % 7)}T00:00:00Z", $"\"eventType\":\"t{i}\"")).ToArray();
        await bench.IngestAsync(dataset, lines[..4]);
        await bench.IngestAsync(dataset, lines[4..]);

        string[] ascending = await AllAsync(bench, new EntityEventQuery(null, null, null, false, 3, null));
        Assert.Equal(["e0", "e5", "e3", "e1", "e6", "e4", "e2"], ascending);
        Assert.Equal(ascending.Reverse(), await AllAsync(bench, new EntityEventQuery(null, null, null, true, 2, null)));
        long from = At("2026-02-02T00:00:00Z"), before = At("2026-02-04T00:00:00Z");
        Assert.Equal(["e5", "e3"], await AllAsync(bench, new EntityEventQuery(null, from, before, false, 10, null)));
        EntityEvents part = (await GetAsync(bench, new EntityEventQuery(["eventType"], null, null, false, 1, null)))!;
        Assert.Equal("""{"eventType":"t0"}""", Assert.Single(part.Events).Entity.ToJsonString());
        Assert.Equal("1", part.Next);
    }

    [Theory]
    [InlineData("x", 400)]
    [InlineData("-1", 400)]
    [InlineData("99999999999", 400)]
    [InlineData("2147483647", 400)]
    [InlineData("2147483000", 0)]
    [InlineData("7", 0)]
    public async Task GetEvents_StrangeCursor_IsRefusedOrEmpty(string cursor, int status)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Event("e", "a", "2026-02-01T00:00:00Z"));
        var query = new EntityEventQuery(null, null, null, false, 10, cursor);
        if (status == 0) Assert.Empty((await GetAsync(bench, query))!.Events);
        else Assert.Equal(status, (await Assert.ThrowsAsync<RequestRefusedException>(() => GetAsync(bench, query))).Status);
    }

    private static long At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
        .ToUnixTimeMilliseconds();

    private static Task<EntityEvents?> GetAsync(Workbench bench, EntityEventQuery query) =>
        bench.Entities.GetEventsAsync(bench.Scope, new EntityKey("a", "Email"), query, null, Workbench.Stop);

    private static async Task<string[]> AllAsync(Workbench bench, EntityEventQuery query)
    {
        var found = new List<string>();
        for (EntityEvents? page = await GetAsync(bench, query); page is not null; page = await GetAsync(bench,
            query with { Cursor = page.Next }))
        {
            found.AddRange(page.Events.Select(e => e.Id!));
            if (page.Next is null) break;
        }

        return [.. found];
    }
}
