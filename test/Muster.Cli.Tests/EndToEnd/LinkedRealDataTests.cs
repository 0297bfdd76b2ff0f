using System.Text;
using System.Text.Json.Nodes;
using Muster.Cli.Http;
using static Muster.Cli.Tests.EndToEnd.RealRecords;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>
/// Real customers of whom some are linked by cards that they share: a batch of a second namespace makes one person of two or more, and its revert makes
/// them several again. Who is whom and every count is computed again here, from the records that were sent.
/// </summary>
public sealed class LinkedRealDataTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cdnow", "CustomerID")]
    [InlineData("completejourney", "HouseholdID")]
    public async Task SharedCards_LinkedAndReverted_CountsAsComputedHere(string set, string nameSpace)
    {
        JsonNode[] events = [.. Lines(ReadOrSkip($"{set}/events.jsonl.gz"))];
        using MusterClient client = await LoginAsync("linked-" + set);
        string dataset = await client.CreateEventDatasetAsync("Events", Stop), cards = await client.CreateProfileDatasetAsync("Cards", Stop);
        await SendAsync(client, dataset, events);
        var segments = new Dictionary<string, (string Id, Func<IEnumerable<JsonNode>, bool> Test)>
        {
            ["ten events"] = (await client.CreateSegmentAsync("ten events", "xEvent.count() >= 10", Stop), e => e.Count() >= 10),
            ["many things"] = (await client.CreateSegmentAsync("many things", "xEvent.sum(productListItems.sum(quantity)) >= 20", Stop),
                e => e.Sum(x => Items(x).Sum(i => (int?)i["quantity"] ?? 0)) >= 20),
            ["two days"] = (await client.CreateSegmentAsync("two days", "CHAIN(xEvent, timestamp, [A: WHAT(true), B: WHAT(true)])", Stop),
                e => e.Select(Time).Distinct().Count() >= 2),
        };

        string[] customers = [.. events.Select(e => Identity(e, nameSpace)).Distinct().Order(StringComparer.Ordinal)];
        await CompareAsync(client, segments, events, id => id, nameSpace);

        // Of every five customers in order, the first two share a card; of every third five, the second has a card of the next five as well.
        (string Customer, string Card)[] held =
        [
            .. customers.Select((c, i) => (c, i)).Where(c => c.i % 5 < 2).Select(c => (c.c, "card-" + (c.i / 5))),
            .. customers.Select((c, i) => (c, i)).Where(c => c.i % 15 == 1).Select(c => (c.c, "card-" + ((c.i / 5) + 1))),
        ];
        string batch = await SendAsync(client, cards, [.. held.Select(h => new JsonObject
        {
            ["identityMap"] = new JsonObject
            {
                [nameSpace] = new JsonArray(new JsonObject { ["id"] = h.Customer, ["primary"] = true }), ["CardID"] = new JsonArray(new JsonObject { ["id"] = h.Card }),
            },
        })]);
        Dictionary<string, string> personOf = People(held);
        Assert.Contains(personOf.GroupBy(p => p.Value), g => g.Count() == 4);
        await CompareAsync(client, segments, events, id => personOf.GetValueOrDefault(id, id), nameSpace);

        (await Answer.OfAsync(client, "POST", $"/data/foundation/import/batches/{batch}?action=REVERT")).Expect(200);
        for (JsonNode? state = null; (string?)state?["status"] != "inactive"; await Task.Delay(Polling.Interval, TimeProvider.System, Stop))
            state = (await client.GetAsync($"/data/foundation/catalog/batches/{batch}", Stop))[batch];
        await CompareAsync(client, segments, events, id => id, nameSpace);
    }

    /// <summary>The name of each customer's person: whoever holds a card of somebody is that person, on and on.</summary>
    private static Dictionary<string, string> People((string Customer, string Card)[] held)
    {
        var names = held.Select(h => h.Customer).Distinct().ToDictionary(c => c, c => c);
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (IGrouping<string, string> card in held.GroupBy(h => h.Card, h => h.Customer))
            {
                string name = card.Min(c => names[c])!;
                foreach (string customer in card.Where(c => names[c] != name))
                {
                    names[customer] = name;
                    changed = true;
                }
            }
        }

        return names;
    }

    private static async Task CompareAsync(
        MusterClient client, Dictionary<string, (string Id, Func<IEnumerable<JsonNode>, bool> Test)> segments, JsonNode[] events, Func<string, string> person,
        string nameSpace)
    {
        ILookup<string, JsonNode> people = events.ToLookup(e => person(Identity(e, nameSpace)));
        JsonNode job = await client.WaitForJobAsync(await client.StartJobAsync(segments.Values.Select(s => s.Id).ToArray(), Stop), TimeProvider.System, Stop);
        Assert.True((string?)job["status"] == "SUCCEEDED", job.ToJsonString());
        Assert.Equal(people.Count, (int)job["metrics"]!["totalProfiles"]!);
        Assert.Equal(
            segments.Select(s => $"{s.Key}: {people.Count(s.Value.Test)}"),
            segments.Select(s => $"{s.Key}: {job["metrics"]!["segmentedProfileCounter"]![s.Value.Id]}"));
    }

    private static async Task<string> SendAsync(MusterClient client, string dataset, JsonNode[] records)
    {
        byte[] content = Encoding.UTF8.GetBytes(string.Join('\n', records.Select(r => r.ToJsonString())));
        JsonNode batch = await client.SendAsync(dataset, content, "records.json");
        Assert.True((string?)batch["status"] == "success", batch.ToJsonString());
        return (string)batch["id"]!;
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
}
