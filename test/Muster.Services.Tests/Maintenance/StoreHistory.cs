using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Services.Entities;
using Muster.Services.Ingestion;
using Muster.Services.MergePolicies;
using Muster.Storage.ControlPlane;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Tests.Maintenance;

/// <summary>
/// A random life of a store: records, events and their duplicates, people who turn out to be one or several, rules and merge policies that change,
/// batches and datasets that go, people who are forgotten, jobs and compactions, in any order. The same seed lives the same life.
/// </summary>
internal sealed class StoreHistory
{
    private const int Steps = 18;

    private readonly Workbench _bench;
    private readonly Random _random;
    private readonly List<Batch> _batches = [];
    private string[] _people = [], _events = [], _segments = [];

    private StoreHistory(Workbench bench, int seed)
    {
        _bench = bench;
        _random = new Random(seed);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Lives it.</summary>
    public static async Task LiveAsync(Workbench bench, int seed)
    {
        var history = new StoreHistory(bench, seed);
        await history.BeginAsync();
        for (int step = 0; step < Steps; step++) await history.StepAsync();
        // Two people are one since the last job: their memberships are those of before.
        await bench.EvaluateAsync(history._segments);
        await history.IngestAsync(history._people[0], [.. Enumerable.Range(0, 3).Select(_ => history.Person(3))]);
    }

    private async Task BeginAsync()
    {
        _people = [await _bench.DatasetAsync(), await _bench.DatasetAsync()];
        _events = [await _bench.DatasetAsync(), await _bench.DatasetAsync()];
        _segments = [await _bench.SegmentAsync("xEvent.count() >= 2"), await _bench.SegmentAsync("person.name.firstName = \"A\"")];
        await PolicyAsync("none", """{"type":"timestampOrdered"}""");
        foreach (string dataset in _people)
            await IngestAsync(dataset, [.. Enumerable.Range(0, 12).Select(p => Workbench.Person(Email(p), Workbench.Named("A") + ",\"city\":\"c0\""))]);
        await PolicyAsync("pdg", $$"""{"type":"dataSetPrecedence","order":["{{_people[1]}}","{{_people[0]}}","{{_events[0]}}"]}""");
    }

    private Task StepAsync() => _random.Next(16) switch
    {
        < 5 => IngestAsync(_people[_random.Next(2)], [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Person(_random.Next(1, 4)))]),
        < 9 => IngestAsync(_events[_random.Next(_events.Length)], [.. Enumerable.Range(0, 8).Select(_ => Event())]),
        < 11 => _bench.EvaluateAsync(_segments),
        11 => RulesAsync(),
        12 => RevertAsync(),
        13 => EraseAsync(),
        14 => DeleteDatasetAsync(),
        _ => CompactAsync(),
    };

    private async Task IngestAsync(string dataset, string[] lines)
    {
        _bench.Time.Advance(TimeSpan.FromSeconds(_random.Next(3)));
        _batches.Add(await _bench.IngestAsync(dataset, lines));
    }

    private Task RulesAsync() => _bench.Rules.SetAsync(_bench.Scope, _random.Next(4) switch
    {
        0 => [],
        1 => new JsonObject { ["uniqueNamespaces"] = new JsonArray("Email") },
        2 => new JsonObject { ["priority"] = new JsonArray("Email", "Phone", "IDFA") },
        _ => new JsonObject { ["uniqueNamespaces"] = new JsonArray("Phone", "Email"), ["priority"] = new JsonArray("Phone", "Email", "IDFA") },
    }, Stop);

    private async Task RevertAsync()
    {
        Batch batch = _batches[_random.Next(_batches.Count)];
        _batches.Remove(batch);
        await _bench.Batches.RevertAsync(_bench.Scope, batch.Id, Stop);
        await _bench.Lanes.WhenEndedAsync(BatchQueue.Lane(_bench.Scope.SandboxId), "revert/" + batch.Id);
    }

    private async Task EraseAsync()
    {
        string request = await _bench.Erasures.RequestAsync(_bench.Scope, new EntityKey(Email(_random.Next(12)), "Email"), null, Stop);
        await _bench.Lanes.WhenEndedAsync(BatchQueue.Lane(_bench.Scope.SandboxId), request);
    }

    private async Task DeleteDatasetAsync()
    {
        if (_events.Length < 2) return;
        await _bench.Datasets.DeleteAsync(_bench.Scope, _events[1], null, Stop);
        _batches.RemoveAll(b => b.DatasetId == _events[1]);
        _events = _events[..1];
    }

    private async Task CompactAsync()
    {
        SandboxStore store = await _bench.Stores.GetAsync(_bench.Scope.SandboxId);
        await store.CompactAsync(Stop);
    }

    private async Task PolicyAsync(string graph, string merge)
    {
        MergePolicy policy = await _bench.Policies.CreateAsync(_bench.Scope, new JsonObject
        {
            ["name"] = "another",
            ["schema"] = new JsonObject { ["name"] = "_xdm.context.profile" },
            ["identityGraph"] = new JsonObject { ["type"] = graph },
            ["attributeMerge"] = JsonNode.Parse(merge),
        }, Stop);
        await (await _bench.Stores.GetAsync(_bench.Scope.SandboxId)).EnsureViewAsync(MergePolicyMethod.ToMergeMethod(policy), Stop);
    }

    private string Person(int identities) =>
        $$$"""{"identityMap":{{{Identities(identities)}}},"person":{"name":{"firstName":"{{{(char)('A' + _random.Next(3))}}}"}},"city":"c{{{_random.Next(3)}}}"}""";

    private string Event() =>
        $$$"""{"_id":"e{{{_random.Next(40)}}}","timestamp":"2026-01-{{{_random.Next(10, 28)}}}T00:00:00Z","identityMap":{{{Identities(_random.Next(1, 3))}}}}""";

    private string Identities(int count)
    {
        var map = new JsonObject { ["Email"] = new JsonArray(Identity(Email(_random.Next(12)), isPrimary: true)) };
        for (int i = 1; i < count; i++)
        {
            (string ns, string id) = _random.Next(5) switch
            {
                0 => ("Email", Email(_random.Next(12))),
                1 or 2 => ("Phone", "+" + Number(6)),
                _ => ("IDFA", "D" + Number(6)),
            };
            if (map[ns] is JsonArray known) known.Add(Identity(id, isPrimary: false));
            else map[ns] = new JsonArray(Identity(id, isPrimary: false));
        }

        return map.ToJsonString();
    }

    private static JsonObject Identity(string id, bool isPrimary) => new() { ["id"] = id, ["primary"] = isPrimary };

    private string Number(int below) => _random.Next(below).ToString(CultureInfo.InvariantCulture);

    private static string Email(int person) => string.Create(CultureInfo.InvariantCulture, $"p{person}@x.com");
}
