using System.Text;
using CsCheck;
using Muster.Storage.Files;
using Muster.Storage.Identity;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;

namespace Muster.Storage.Tests.Identity;

public sealed class IdentityGraphPropertyTests : IDisposable
{
    private static readonly string[] Namespaces = ["EMAIL", "ECID", "GAID", "CRM", "ODD", "PRODUCT"];

    private static readonly Gen<string> Names = Gen.Select(Gen.Int[0, 19], Gen.Int[0, 3], (kind, id) => $"{Namespaces[kind < 18 ? kind % 4 : kind - 14]}:{id}");
    private static readonly Gen<(string[], long)> Records = Gen.Select(Names.Array[1, 3], Gen.Long[0, 9]);

    // Small steps: large ones touch every group, and what would be forgotten in one comes right by chance.
    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.OneOf(Records.Array[0, 2], Records.Array[0, 2], Records.Array[3, 8]), Gen.Int[-20, 20], Gen.Int[-100, 23].Array[0, 2], Gen.Int[0, 5], Gen.Int[0, 5],
        (records, removed, erased, end, reload) => new Step(records, removed, erased, end > 0, reload));

    private static readonly Gen<(string[] Unique, string[] Priority)> Rules = Gen.Int[0, 3].Select(i => i switch
    {
        0 => (Array.Empty<string>(), Array.Empty<string>()),
        1 => (["CRM"], []),
        2 => (["CRM"], ["CRM", "EMAIL", "ECID"]),
        _ => (["EMAIL", "CRM"], ["EMAIL"]),
    });

    private readonly string _folder = Directory.CreateTempSubdirectory("muster").FullName;
    private int _files;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Seal_RandomChanges_AgreesWithModel() => Gen.Select(Steps.Array[1, 25], Rules, Gen.Int[2, 8])
        .Sample((steps, rules, limit) => Run(steps, rules.Unique, rules.Priority, limit, files: false), iter: 1500, threads: 1);

    [Fact]
    public void Load_RandomChanges_GivesTheGraphThatWroteThem() => Gen.Select(Steps.Array[1, 10], Rules, Gen.Int[2, 8])
        .Sample((steps, rules, limit) => Run(steps, rules.Unique, rules.Priority, limit, files: true), iter: 60, threads: 1);

    [Fact]
    public void Seal_SameRecordsInOtherOrderAndOtherBatches_GivesSamePeople() =>
        Gen.Select(Records.Array[1, 25], Rules, Gen.Int[2, 6], Gen.Int[0, int.MaxValue])
            .Sample(
                (records, rules, limit, seed) =>
                {
                    var random = new Random(seed);
                    var inOneGo = new Store(limit, rules.Unique, rules.Priority);
                    inOneGo.See(0, records);
                    inOneGo.SealAndCommit();
                    var other = new Store(limit, rules.Unique, rules.Priority);
                    (string[], long)[] shuffled = [.. records];
                    random.Shuffle(shuffled);
                    int batch = 0;
                    for (int start = 0; start < shuffled.Length; batch++)
                    {
                        int count = random.Next(1, 6);
                        other.See(batch, shuffled.Skip(start).Take(count));
                        other.SealAndCommit();
                        start += count;
                    }
                    Assert.Equal(inOneGo.People(), other.People());
                },
                iter: 500,
                threads: 1);

    private void Run(Step[] steps, string[] unique, string[] priority, int limit, bool files)
    {
        var store = new Store(limit, unique, priority);
        var chain = new List<string>();
        for (int batch = 0; batch < steps.Length; batch++)
        {
            Step step = steps[batch];
            GraphModel before = store.Model;
            store.Model = before.Copy();
            store.Erase(step.Erased);
            store.Remove(step.Removed);
            store.See(batch, step.Records);
            store.SealAsModel();
            if (!step.Commits)
            {
                store.Graph.Rollback();
                store.Model = before;
                store.AssertPublished();
                continue;
            }
            if (!files)
            {
                store.Graph.Commit();
                store.AssertPublished();
                continue;
            }
            string file = Path.Combine(_folder, _files++ + ".bin");
            if (step.Reload == 1 || step.Erased.Any(e => e >= 0))
            {
                IdentityFile.WriteSnapshot(file, store.Graph, DurableFiles.Plain);
                chain.Clear();
            }
            else
            {
                IdentityFile.Write(file, store.Graph, DurableFiles.Plain);
            }
            chain.Add(file);
            store.Graph.Commit();
            store.AssertPublished();
            if (step.Reload > 2) continue;
            store.Graph = IdentityFile.Load(chain, limit);
            store.AssertPublished();
        }
    }

    private sealed record Step((string[] Names, long Time)[] Records, int Removed, int[] Erased, bool Commits, int Reload)
    {
        public override string ToString() => $"{string.Join(' ', Records.Select(r => $"{string.Join('+', r.Names)}@{r.Time}"))} remove {Removed} erase {string.Join(',', Erased)} {Commits} {Reload}";
    }

    /// <summary>A graph and its model, told the same.</summary>
    private sealed class Store(int limit, string[] unique, string[] priority) : ILinkSource
    {
        private readonly LinkingRules _rules = new()
        {
            Types = new Dictionary<string, string> { ["crm"] = "CROSS_DEVICE", ["ODD"] = "UNKNOWN", ["PRODUCT"] = "NON_PEOPLE" },
            UniqueNamespaces = unique,
            Priority = priority,
        };

        public IdentityGraph Graph { get; set; } = new(limit);

        public GraphModel Model { get; set; } = new(limit, unique, priority);

        public IReadOnlyList<Link> Among(IReadOnlyCollection<int> identities) =>
            Model.Links.FindAll(l => identities.Contains(l.First) || identities.Contains(l.Second));

        public void Erase(IEnumerable<int> identities)
        {
            int[] erased = [.. identities.Where(i => i >= 0 && i < Graph.PublishedIdentities && Model.Name(i) is not null).Distinct()];
            Graph.Erase(erased);
            foreach (int identity in erased) Model.Erase(identity);
        }

        public void Remove(int batch)
        {
            if (!Model.Batches.Remove(batch, out List<Link>? links)) return;
            HashSet<(int, int)> rest = [.. Model.Links.Select(l => (l.First, l.Second))];
            Graph.Unlink(links.Select(l => (l.First, l.Second)).Where(l => !rest.Contains(l)));
            Graph.Retime(links.Select(l => (l.First, l.Second)));
        }

        public void See(int batch, IEnumerable<(string[] Names, long Time)> records)
        {
            List<Link> links = Model.Batches[batch] = [];
            foreach ((string[] names, long time) in records)
            {
                bool isNew = !names.Any(n => Model.Find(n) >= 0);
                int[] identities = [.. names.Distinct().Select(Add)];
                if (isNew) Model.Founders.Add(identities.Min());
                foreach (int other in identities.Skip(1)) links.Add(new Link(Math.Min(identities[0], other), Math.Max(identities[0], other), time));
                Graph.Join(identities);
            }
        }

        public void SealAndCommit()
        {
            SealAsModel();
            Graph.Commit();
            AssertPublished();
        }

        public void SealAsModel()
        {
            GraphChange change = Graph.Seal(_rules, this), expected = Model.Seal();
            Assert.Equal(expected.Retired, change.Retired);
            Assert.Equal(expected.Sources.OrderBy(s => s.Key), change.Sources.OrderBy(s => s.Key));
            Assert.Equal(expected.Ended, change.Ended);
            Assert.Equal(expected.Changed, change.Changed);
            var members = new List<int>();
            foreach (IGrouping<int, KeyValuePair<int, int>> person in Model.Profiles.GroupBy(p => p.Value))
            {
                Graph.Members(person.Key, members);
                Assert.Equal(person.Select(p => p.Key).Order(), members.Order());
                foreach ((int identity, int profile) in person) Assert.Equal(profile, Graph.ProfileOf(identity));
            }
        }

        public void AssertPublished()
        {
            Assert.Equal(Model.ProfileOrdinals, Graph.ProfileOrdinals);
            foreach ((int identity, int profile) in Model.Profiles)
            {
                string[] name = Model.Name(identity)!.Split(':');
                Assert.Equal(identity, Graph.FindIdentity(name[0], name[1]));
                Assert.Equal(profile, Graph.FindProfile(name[0], name[1]));
            }
            for (int profile = 0; profile < Model.ProfileOrdinals; profile++)
            {
                int[] members = [.. Model.Profiles.Where(p => p.Value == profile).Select(p => p.Key).Order()];
                Assert.Equal(members, Graph.MembersOf(profile));
                IEnumerable<string> namespaces = members.Select(m => Model.Name(m)!.Split(':')[0]).Distinct().Order();
                Assert.Equal(namespaces, new IdentityComponents(Graph).CountNamespaces(GraphType.Pdg, OrdinalSet.Of([profile])).Keys.Select(k => k.ToUpperInvariant()).Order());
            }
            for (int identity = 0; identity < Graph.PublishedIdentities; identity++)
                if (Model.Name(identity) is null) Assert.Equal("", Graph.Identity(identity).Id);
        }

        public List<string> People() =>
            [.. Model.Profiles.GroupBy(p => p.Value).Select(g => string.Join(' ', g.Select(p => Model.Name(p.Key)).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal)];

        private int Add(string name)
        {
            string[] parts = name.Split(':');
            int identity = Graph.Add(Graph.Namespaces.GetOrAdd(parts[0]), Encoding.UTF8.GetBytes(parts[1]));
            Assert.Equal(Model.Add(name), identity);
            return identity;
        }
    }
}
