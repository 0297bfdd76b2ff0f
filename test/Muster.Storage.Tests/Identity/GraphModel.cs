using Muster.Storage.Identity;

namespace Muster.Storage.Tests.Identity;

/// <summary>What the identity graph should say, by searching everything anew each time. Copied before a change, so that a rollback is forgetting the copy.</summary>
internal sealed class GraphModel(int limit, string[] unique, string[] priority)
{
    private readonly List<string?> _names = [];
    private readonly Dictionary<int, int> _profiles = [];

    /// <summary>The links of each batch.</summary>
    public Dictionary<int, List<Link>> Batches { get; } = [];

    /// <summary>First identities of records whose identities were all new: each takes an ordinal.</summary>
    public HashSet<int> Founders { get; } = [];

    public int ProfileOrdinals { get; private set; }

    public IReadOnlyDictionary<int, int> Profiles => _profiles;

    public GraphModel Copy()
    {
        var copy = new GraphModel(limit, unique, priority) { ProfileOrdinals = ProfileOrdinals };
        copy._names.AddRange(_names);
        foreach ((int identity, int profile) in _profiles) copy._profiles.Add(identity, profile);
        foreach ((int batch, List<Link> links) in Batches) copy.Batches.Add(batch, [.. links]);
        return copy;
    }

    public string? Name(int identity) => _names[identity];

    public int Find(string name) => _names.IndexOf(name);

    public int Add(string name)
    {
        if (!_names.Contains(name)) _names.Add(name);
        return _names.IndexOf(name);
    }

    public void Erase(int identity) => _names[identity] = null;

    public List<Link> Links => [.. Batches.Values.SelectMany(b => b).GroupBy(l => (l.First, l.Second)).Select(g => g.MaxBy(l => l.Time))];

    /// <summary>The people, each increasing, in the order of their first identities.</summary>
    public List<int[]> People()
    {
        int[] all = [.. Enumerable.Range(0, _names.Count).Where(i => _names[i] is not null)];
        List<Link> live = Links.FindAll(l => _names[l.First] is not null && _names[l.Second] is not null && Rank(l.First) < 9 && Rank(l.Second) < 9);
        return [.. Components(all, live).SelectMany(c => Divide(c, live.FindAll(l => c.Contains(l.First)))).OrderBy(p => p[0])];
    }

    /// <summary>Names the people; the change as the graph should tell it.</summary>
    public GraphChange Seal()
    {
        Dictionary<int, int> before = new(_profiles);
        Dictionary<int, int> smallest = before.Where(p => _names[p.Key] is not null).GroupBy(p => p.Value).ToDictionary(g => g.Key, g => g.Min(p => p.Key));
        var retired = new Dictionary<int, int>();
        var sources = new Dictionary<int, int[]>();
        var changed = new SortedSet<int>();
        _profiles.Clear();
        var numbers = new Dictionary<int[], int>();
        List<int[]> people = People();
        int[] Had(int[] person) => [.. person.Where(before.ContainsKey).Select(i => before[i]).Distinct().Order()];
        foreach (int[] person in people.Where(p => Had(p).Length > 0))
            if (!Had(person).Any(p => person.Contains(smallest[p]))) numbers.Add(person, ProfileOrdinals++);
        foreach (int founder in Founders.Order())
        {
            int ordinal = ProfileOrdinals++;
            int[] person = people.Single(p => p.Contains(founder));
            if (Had(person).Length == 0) numbers.TryAdd(person, ordinal);
        }
        Founders.Clear();
        foreach (int[] person in people)
            if (Had(person).Length == 0 && !numbers.ContainsKey(person)) numbers.Add(person, ProfileOrdinals++);
        foreach (int[] person in people)
        {
            int[] had = Had(person);
            int[] claimed = [.. had.Where(p => person.Contains(smallest[p]))];
            int ordinal = claimed.Length > 0 ? claimed[0] : numbers[person];
            foreach (int other in claimed.Skip(1)) retired.Add(other, ordinal);
            if (claimed.Length == 0 && had.Length > 0) sources.Add(ordinal, had);
            bool isSame = before.Where(p => p.Value == ordinal).Select(p => p.Key).Order().SequenceEqual(person);
            if (had.Length > 0 && !isSame) changed.Add(ordinal);
            foreach (int identity in person) _profiles.Add(identity, ordinal);
        }
        int[] ended = [.. before.Values.Distinct().Where(p => !smallest.ContainsKey(p)).Order()];
        return new GraphChange(retired, sources, ended, changed);
    }

    private IEnumerable<int[]> Divide(int[] component, List<Link> links)
    {
        if (component.Length <= limit && !Clashes(component)) return [component];
        var kept = new List<Link>();
        IEnumerable<Link> order = links.OrderByDescending(l => l.Time).ThenBy(l => Priority(l.First) + Priority(l.Second))
            .ThenBy(l => Ends(l)[0], StringComparer.Ordinal).ThenBy(l => Ends(l)[1], StringComparer.Ordinal);
        foreach (Link link in order)
            if (!Components(component, [.. kept, link]).Exists(Clashes)) kept.Add(link);
        return Components(component, kept).SelectMany(part => Shrink(part, kept, links));
    }

    private IEnumerable<int[]> Shrink(int[] part, List<Link> kept, List<Link> links)
    {
        if (part.Length <= limit) return [part];
        int gone = part.OrderBy(Rank).ThenBy(i => links.Where(l => l.First == i || l.Second == i).Max(l => l.Time)).ThenBy(i => _names[i], StringComparer.Ordinal).First();
        return Components([.. part.Where(i => i != gone)], kept).SelectMany(p => Shrink(p, kept, links)).Prepend([gone]);
    }

    private static List<int[]> Components(int[] identities, List<Link> links)
    {
        var sets = identities.ToDictionary(i => i, i => new SortedSet<int> { i });
        foreach (Link link in links)
        {
            if (!sets.TryGetValue(link.First, out SortedSet<int>? a) || !sets.TryGetValue(link.Second, out SortedSet<int>? b) || a == b) continue;
            a.UnionWith(b);
            foreach (int member in b.ToArray()) sets[member] = a;
        }
        return [.. sets.Values.Distinct().Select(s => s.ToArray())];
    }

    private bool Clashes(int[] identities) => Array.Exists(unique, u => identities.Count(i => NamespaceOf(i) == u) > 1);

    private string[] Ends(Link link) => [.. new[] { _names[link.First]!, _names[link.Second]! }.Order(StringComparer.Ordinal)];

    private int Priority(int identity) => Array.IndexOf(priority, NamespaceOf(identity)) is >= 0 and int place ? place : priority.Length;

    private string NamespaceOf(int identity) => _names[identity]!.Split(':')[0];

    private int Rank(int identity) => NamespaceOf(identity) switch { "ECID" => 1, "GAID" => 2, "PRODUCT" => 9, "ODD" => 0, _ => 3 };
}
