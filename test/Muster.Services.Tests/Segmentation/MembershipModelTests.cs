using System.Text.Json.Nodes;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Tests.Segmentation;

/// <summary>Random batches, merges, jobs and restarts against a model that holds all of it in dictionaries.</summary>
public class MembershipModelTests
{
    private const int People = 6;

    [Fact]
    public async Task Sequences_OfBatchesAndJobs_AgreeWithTheModel()
    {
        for (uint seed = 1; seed <= 3; seed++) await RunAsync(seed);
    }

    private static async Task RunAsync(uint seed)
    {
        await using Workbench bench = await Workbench.OpenAsync();
        string ages = await bench.DatasetAsync(), links = await bench.DatasetAsync();
        string adult = await bench.SegmentAsync("age >= 18"), old = await bench.SegmentAsync("age >= 60");
        string both = await bench.SegmentAsync($"inSegment(\"{old}\") and age >= 18");
        var model = new Model(adult, old, both);
        var random = new Random((int)seed);
        for (int step = 0; step < 12; step++)
        {
            switch (random.Next(6))
            {
                case 0 or 1:
                    int[] who = Enumerable.Range(0, People).Where(_ => random.Next(3) == 0).Append(random.Next(People)).Distinct()
                        .ToArray();
                    Dictionary<int, int> aged = who.ToDictionary(p => p, _ => random.Next(90));
                    await bench.IngestAsync(ages, [.. aged.Select(a => Workbench.Person(Name(a.Key), $"\"age\":{a.Value}"))]);
                    foreach ((int person, int age) in aged) model.SetAge(person, age);
                    break;
                case 2:
                    (int left, int right) = (random.Next(People), random.Next(People));
                    await bench.IngestAsync(links, $$$"""{"identityMap":{"Email":[{"id":"{{{Name(left)}}}","primary":true},{"id":"{{{Name(right)}}}"}]}}""");
                    model.Link(left, right);
                    break;
                case 3:
                    await bench.RestartAsync();
                    break;
                default:
                    string[] evaluated = random.Next(3) switch { 0 => [adult], 1 => [adult, old], _ => [adult, old, both] };
                    SegmentJob job = await bench.EvaluateAsync(evaluated);
                    Assert.True(job.Status == JobStatus.Succeeded, job.Errors);
                    Assert.Equal(model.Count, (int)JsonNode.Parse(job.Metrics)!["totalProfiles"]!);
                    model.Evaluate(evaluated);
                    break;
            }

            for (int person = 0; person < People; person++)
            {
                JsonNode? stored = (await bench.ProfileAsync(Name(person)))?["segmentMembership"]?["ups"];
                foreach (string segment in model.Segments)
                    Assert.True(model.Status(person, segment) == (string?)stored?[segment]?["status"],
                        $"seed {seed}, step {step}, person {person}: {model.Status(person, segment)} is {stored?[segment]}");
            }
        }
    }

    private static string Name(int person) => $"p{person}@x.org";

    private sealed class Model(string adult, string old, string both)
    {
        private readonly int[] _person = Enumerable.Range(0, People).ToArray();
        private readonly bool[] _known = new bool[People];
        private readonly (int Age, int At)[] _age = new (int, int)[People];
        private readonly Dictionary<(int Identity, string Segment), (bool In, int Time)> _entries = [];
        private readonly Dictionary<string, int> _last = [];
        private int _time;

        public IReadOnlyList<string> Segments { get; } = [adult, old, both];

        public int Count => Enumerable.Range(0, People).Where(i => _known[i]).Select(i => _person[i]).Distinct().Count();

        public void SetAge(int identity, int age)
        {
            _known[identity] = true;
            _age[identity] = (age, ++_time);
        }

        public void Link(int left, int right)
        {
            _time++;
            _known[left] = _known[right] = true;
            (int from, int to) = (_person[right], _person[left]);
            for (int i = 0; i < People; i++)
                if (_person[i] == from) _person[i] = to;
        }

        public void Evaluate(string[] segments)
        {
            _time++;
            int[] people = Enumerable.Range(0, People).Where(i => _known[i]).ToArray();
            var members = new Dictionary<string, HashSet<int>>
            {
                [adult] = [.. people.Where(i => Age(i) >= 18)],
                [old] = [.. people.Where(i => segments.Contains(old) ? Age(i) >= 60 : Entry(i, old) is { In: true })],
            };
            members[both] = [.. members[old].Where(i => Age(i) >= 18)];
            foreach (string segment in segments)
            {
                var next = new Dictionary<int, (bool In, int Time)>();
                foreach (int i in people)
                {
                    bool isIn = members[segment].Contains(i);
                    (bool In, int Time)? before = Entry(i, segment);
                    if (isIn) next[i] = before is { In: true } ? before.Value : (true, _time);
                    else if (before is { } left) next[i] = left.In ? (false, _time) : left;
                }

                foreach (int i in people) _entries.Remove((i, segment));
                foreach ((int i, (bool In, int Time) entry) in next) _entries[(i, segment)] = entry;
                _last[segment] = _time;
            }
        }

        public string? Status(int identity, string segment) => Entry(identity, segment) is not { } entry ? null
            : !entry.In ? "exited"
            : entry.Time == _last[segment] ? "realized" : "existing";

        /// <summary>The later entry of all identities of a person; at the same time the one that is in.</summary>
        private (bool In, int Time)? Entry(int identity, string segment)
        {
            (bool In, int Time)[] all = Enumerable.Range(0, People)
                .Where(i => _person[i] == _person[identity] && _entries.ContainsKey((i, segment)))
                .Select(i => _entries[(i, segment)]).ToArray();
            return all.Length == 0 ? null : all.OrderBy(e => e.Time).ThenBy(e => e.In).Last();
        }

        private int Age(int identity) => Enumerable.Range(0, People).Where(i => _person[i] == _person[identity]).Select(i => _age[i])
            .MaxBy(a => a.At).Age;
    }
}
