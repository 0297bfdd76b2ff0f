using System.Text.Json.Nodes;
using Muster.Cli.Http;
using static Muster.Cli.Tests.EndToEnd.RealRecords;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>Real customers through batch ingestion, with every count computed again here, in plain code over the same lines.</summary>
public sealed class RealDataTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cdnow_EventsOnly_CountsAsComputedHere()
    {
        byte[] content = ReadOrSkip("cdnow/events.jsonl.gz");
        using MusterClient client = await LoginAsync("cdnow");
        string dataset = await client.CreateEventDatasetAsync("Purchases", Stop);
        JsonNode batch = await client.SendAsync(dataset, content, "events.json");
        Assert.True((string?)batch["status"] == "success", batch.ToJsonString());

        ILookup<string, JsonNode> people = Lines(content).ToLookup(e => Identity(e, "CustomerID"));
        DateTimeOffset from = new(1998, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await CompareAsync(client, people.Count,
            ("three purchases", """xEvent[eventType = "commerce.purchases"].count() >= 3""", people.Count(p => p.Count() >= 3)),
            ("spent 100", "xEvent.sum(commerce.order.priceTotal) > 100", people.Count(p => p.Sum(e => (double)e["commerce"]!["order"]!["priceTotal"]!) > 100)),
            ("in 1998", "xEvent.exists(timestamp occurs after date(1997, 12, 31))", people.Count(p => p.Any(e => Time(e) >= from))),
            ("five at once", "xEvent.exists(productListItems.exists(quantity >= 5))", people.Count(p => p.Any(e => Items(e).Any(i => (int)i["quantity"]! >= 5)))),
            ("came back", "CHAIN(xEvent, timestamp, [A: WHAT(true), B: WHAT(true)])", people.Count(p => p.Select(Time).Distinct().Count() >= 2)));
    }

    [Fact]
    public async Task CompleteJourney_ProfilesAndEvents_CountsAsComputedHere()
    {
        byte[] profileContent = ReadOrSkip("completejourney/profiles.jsonl.gz"), eventContent = ReadOrSkip("completejourney/events.jsonl.gz");
        using MusterClient client = await LoginAsync("journey");
        string profiles = await client.CreateProfileDatasetAsync("Households", Stop), events = await client.CreateEventDatasetAsync("Baskets", Stop);
        foreach ((string dataset, byte[] content) in ((string, byte[])[])[(profiles, profileContent), (events, eventContent)])
        {
            JsonNode batch = await client.SendAsync(dataset, content, "records.json");
            Assert.True((string?)batch["status"] == "success", batch.ToJsonString());
        }

        Dictionary<string, JsonNode> records = Lines(profileContent).ToDictionary(p => Identity(p, "HouseholdID"));
        ILookup<string, JsonNode> happened = Lines(eventContent).ToLookup(e => Identity(e, "HouseholdID"));
        string[] everybody = records.Keys.Union(happened.Select(group => group.Key)).ToArray();
        bool IsOwner(string id) => (string?)records.GetValueOrDefault(id)?["_retail"]?["household"]?["homeOwnership"] == "Homeowner";
        await CompareAsync(client, everybody.Length,
            ("owners", """_retail.household.homeOwnership = "Homeowner" """, everybody.Count(IsOwner)),
            ("meat", """xEvent.exists(productListItems.exists(_retail.department = "MEAT"))""",
                everybody.Count(id => happened[id].Any(e => Items(e).Any(i => (string?)i["_retail"]?["department"] == "MEAT")))),
            ("twenty baskets", """xEvent[eventType = "commerce.purchases"].count() >= 20""",
                everybody.Count(id => happened[id].Count(e => (string?)e["eventType"] == "commerce.purchases") >= 20)),
            ("redeemed, not an owner", """xEvent.exists(eventType = "commerce.couponRedeemed") and not (_retail.household.homeOwnership = "Homeowner")""",
                everybody.Count(id => !IsOwner(id) && happened[id].Any(e => (string?)e["eventType"] == "commerce.couponRedeemed"))),
            ("offer, then coupon", """CHAIN(xEvent, timestamp, [A: WHAT(eventType = "directMarketing.offerSent"), B: WHAT(eventType = "commerce.couponRedeemed")])""",
                everybody.Count(id => happened[id].Any(a => (string?)a["eventType"] == "directMarketing.offerSent"
                    && happened[id].Any(b => (string?)b["eventType"] == "commerce.couponRedeemed" && Time(b) > Time(a))))));
    }

    private async Task<MusterClient> LoginAsync(string sandbox)
    {
        using (MusterClient administrator = await fixture.Server.LoginAsync())
        {
            (await Answer.OfAsync(administrator, "POST", "/data/foundation/sandbox-management/sandboxes",
                $$"""{"name":"{{sandbox}}","title":"{{sandbox}}","type":"development"}""")).Expect(202);
        }
        return await fixture.Server.LoginAsync(sandbox);
    }

    private static async Task CompareAsync(MusterClient client, int profiles, params (string Name, string Pql, int Count)[] expected)
    {
        var ids = new Dictionary<string, string>();
        foreach ((string name, string pql, _) in expected) ids[name] = await client.CreateSegmentAsync(name, pql, Stop);
        JsonNode job = await client.WaitForJobAsync(await client.StartJobAsync(ids.Values, Stop), TimeProvider.System, Stop);
        Assert.True((string?)job["status"] == "SUCCEEDED", job.ToJsonString());
        Assert.Equal(profiles, (long)job["metrics"]!["totalProfiles"]!);
        Assert.Equal(
            expected.Select(e => $"{e.Name}: {e.Count}"),
            expected.Select(e => $"{e.Name}: {job["metrics"]!["segmentedProfileCounter"]![ids[e.Name]]}"));
        Assert.All(expected, e => Assert.True(e.Count > 0, $"{e.Name} proves nothing: nobody qualifies."));
    }
}
