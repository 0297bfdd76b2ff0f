using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Entities;
using Muster.Storage.Lookup;

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
        Assert.NotNull(part.Next);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("7")]
    [InlineData("KzB8MHww")]
    [InlineData("KzB8MHwtMXw9ZQ")]
    [InlineData("Kzk5OTk5OTk5OTk5OTk5OTk5OTk5fDB8MHw9ZQ")]
    [InlineData("LTB8MHwwfD1l")]
    public async Task GetEvents_StrangeCursor_IsRefused(string cursor)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Event("e", "a", "2026-02-01T00:00:00Z"));
        var query = new EntityEventQuery(null, null, null, false, 10, cursor);
        Assert.Equal(400, (await Assert.ThrowsAsync<RequestRefusedException>(() => GetAsync(bench, query))).Status);
    }

    [Fact]
    public async Task GetEvents_NewEventsBetweenPages_NoneIsTwiceAndNoneIsLost()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string dataset = await bench.DatasetAsync();
        // Many of one instant, so that the time alone does not tell where a page ended.
        await bench.IngestAsync(dataset, [.. Enumerable.Range(0, 9).Select(i => Workbench.Event($"old{i}", "a", $"2026-02-0{1 + i / 6}T00:00:00Z"))]);
        foreach (bool descending in new[] { false, true })
        {
            var query = new EntityEventQuery(null, null, null, descending, 2, null);
            var found = new List<string>();
            for (int page = 0; ; page++)
            {
                EntityEvents events = (await GetAsync(bench, query))!;
                found.AddRange(events.Events.Select(e => e.Id!));
                if (events.Next is null) break;
                query = query with { Cursor = events.Next };
                string name = $"new{descending}{page}";
                await bench.IngestAsync(dataset, Workbench.Event(name + "a", "a", "2026-02-01T00:00:00Z"), Workbench.Event(name + "b", "a", "2026-01-01T00:00:00Z"));
                if (page > 6) query = query with { Limit = 1000 };
            }
            Assert.Equal(found.Count, found.Distinct().Count());
            Assert.Equal(9, found.Count(id => id.StartsWith("old", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("eventType", EventComparison.Equal, "t1", "e1 e3")]
    [InlineData("eventType", EventComparison.NotEqual, "t1", "e0 e2")]
    [InlineData("_t.count", EventComparison.Less, "2", "e0 e1")]
    [InlineData("_t.count", EventComparison.GreaterOrEqual, "1.5", "e2 e3")]
    [InlineData("_t.count", EventComparison.Equal, "many", "")]
    [InlineData("_t.isBig", EventComparison.Equal, "true", "e2")]
    [InlineData("placeContext.localTime", EventComparison.LessOrEqual, "20200720", "e0 e1")]
    [InlineData("placeContext.localTime", EventComparison.Greater, "2020-07-20", "e2")]
    [InlineData("_t.items.sku", EventComparison.Equal, "b", "e0 e3")]
    [InlineData("identityMap.Email.id", EventComparison.Equal, "a", "e0 e1 e2 e3")]
    [InlineData("_t.none", EventComparison.NotEqual, "x", "")]
    [InlineData("_t", EventComparison.Equal, "x", "")]
    [InlineData("_id", EventComparison.Equal, "e2", "e2")]
    [InlineData("timestamp", EventComparison.Less, "2026-02-02", "e0")]
    public async Task GetEvents_Condition_PicksEvents(string path, EventComparison comparison, string value, string expected)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(),
            Workbench.Event("e0", "a", "2026-02-01T00:00:00Z", """ "eventType":"t0","placeContext":{"localTime":"2020-07-19T12:00:00Z"},"_t":{"count":0,"isBig":false,"items":[{"sku":"a"},{"sku":"b"}]} """),
            Workbench.Event("e1", "a", "2026-02-02T00:00:00Z", """ "eventType":"t1","placeContext":{"localTime":"2020-07-20T00:00:00Z"},"_t":{"count":1,"items":[{"sku":"a"}]} """),
            Workbench.Event("e2", "a", "2026-02-03T00:00:00Z", """ "eventType":"t2","placeContext":{"localTime":"2020-07-21T00:00:00Z"},"_t":{"count":2,"isBig":true} """),
            Workbench.Event("e3", "a", "2026-02-04T00:00:00Z", """ "eventType":"t1","_t":{"count":3,"items":[{"sku":"b"}]} """));
        var condition = new EventCondition(path.Split('.'), comparison, value);
        EntityEvents page = (await GetAsync(bench, new EntityEventQuery(null, null, null, false, 10, null) { Conditions = [condition] }))!;
        Assert.Equal(expected, string.Join(' ', page.Events.Select(e => e.Id)));
    }

    [Fact]
    public async Task GetProfile_PolicyChanges_AreSeenAtOnce()
    {
        await using Workbench bench = await Workbench.OpenAsync();
        await bench.IngestAsync(await bench.DatasetAsync(), Workbench.Person("a"));
        EntityDocument before = (await bench.Entities.GetProfileAsync(bench.Scope, new EntityKey("a", "Email"), null, null, Workbench.Stop))!;
        await bench.ChangeAsync(c => c.MergePolicies.ExecuteUpdateAsync(s => s.SetProperty(p => p.IsDefault, false), Workbench.Stop));
        RequestRefusedException refusal = await Assert.ThrowsAsync<RequestRefusedException>(
            () => bench.Entities.GetProfileAsync(bench.Scope, new EntityKey("a", "Email"), null, null, Workbench.Stop));
        Assert.Equal((422, "entity.noDefaultPolicy"), (refusal.Status, refusal.Code));
        Assert.NotNull(await bench.Entities.GetProfileAsync(bench.Scope, new EntityKey("a", "Email"), null, before.MergePolicyId, Workbench.Stop));
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
