namespace Muster.Storage.Identity;

/// <summary>
/// Says which people a set of identities is, given all links between them and the rules: nothing else has a say, neither the order in which
/// links came nor what was decided before. <c>docs/adr/0007-identity-graph.md</c> has the rules in words.
/// </summary>
/// <param name="graph">For the order of identities.</param>
/// <param name="rules">The rules.</param>
/// <param name="limit">The most identities that a person may have.</param>
internal sealed class ComponentPartition(IdentityGraph graph, NamespaceRules rules, int limit)
{
    private readonly List<int> _uniqueSeen = [];

    /// <summary>A raw component and its people; all lists are increasing. It is restricted if it is more than one person.</summary>
    internal readonly record struct Component(int[] Members, List<int[]> People)
    {
        public bool IsRestricted => People.Count > 1;
    }

    /// <summary>True if identities cannot all be one person.</summary>
    public bool Restricts(IReadOnlyList<int> identities)
    {
        if (identities.Count < 2) return false;
        if (identities.Count > limit) return true;
        _uniqueSeen.Clear();
        foreach (int identity in identities)
        {
            NamespaceRules.Rule rule = Rule(identity);
            if (!rule.Links) return true;
            if (rule.Unique < 0) continue;
            if (_uniqueSeen.Contains(rule.Unique)) return true;
            _uniqueSeen.Add(rule.Unique);
        }
        return false;
    }

    /// <summary>The raw components of identities, and the people that each is.</summary>
    /// <param name="identities">Increasing.</param>
    /// <param name="links">All links among them, each pair once.</param>
    public List<Component> Resolve(int[] identities, IEnumerable<Link> links)
    {
        List<Link> live = [.. links.Where(l => Rule(l.First).Links && Rule(l.Second).Links)];
        var result = new List<Component>();
        foreach ((int[] members, List<Link> within) in Connect(identities, live))
            result.Add(new Component(members, Restricts(members) ? Divide(members, within) : [members]));
        return result;
    }

    private List<int[]> Divide(int[] members, List<Link> links)
    {
        Dictionary<int, long> latest = [];
        foreach (Link link in links)
        {
            latest[link.First] = Math.Max(link.Time, latest.GetValueOrDefault(link.First, long.MinValue));
            latest[link.Second] = Math.Max(link.Time, latest.GetValueOrDefault(link.Second, long.MinValue));
        }
        var people = new List<int[]>();
        foreach ((int[] part, List<Link> within) in rules.UniqueCount > 0 ? KeepUnique(members, links) : [(members, links)])
        {
            if (part.Length <= limit) people.Add(part);
            else people.AddRange(Shrink(part, within, latest));
        }
        return people;
    }

    /// <summary>Takes links newest first and leaves out those that would give a person two identities of a unique namespace.</summary>
    private List<(int[] Members, List<Link> Links)> KeepUnique(int[] members, List<Link> links)
    {
        links.Sort(CompareForJoining);
        var parts = new DisjointSets(members);
        int[] values = new int[members.Length * rules.UniqueCount];
        Array.Fill(values, -1);
        for (int i = 0; i < members.Length; i++)
            if (Rule(members[i]).Unique is >= 0 and int unique) values[(i * rules.UniqueCount) + unique] = i;
        foreach (Link link in links)
        {
            int left = parts.Find(link.First), right = parts.Find(link.Second);
            if (left == right) continue;
            Span<int> ofLeft = values.AsSpan(left * rules.UniqueCount, rules.UniqueCount), ofRight = values.AsSpan(right * rules.UniqueCount, rules.UniqueCount);
            bool clash = false;
            for (int u = 0; u < ofLeft.Length; u++) clash |= ofLeft[u] >= 0 && ofRight[u] >= 0;
            if (clash) continue;
            Span<int> ofBoth = parts.Unite(left, right) == left ? ofLeft : ofRight;
            for (int u = 0; u < ofLeft.Length; u++) ofBoth[u] = Math.Max(ofLeft[u], ofRight[u]);
        }
        return parts.Split(links);
    }

    /// <summary>
    /// Takes identities out of an overfull part, in a fixed order, as long as the component of the next one is overfull. What happens to an
    /// identity hangs only on those behind it in the order: it goes if its component among itself and them is overfull. So one pass from the
    /// end decides all of them, where removing one by one would search the part again each time.
    /// </summary>
    private List<int[]> Shrink(int[] members, List<Link> links, Dictionary<int, long> latest)
    {
        int[] order = [.. members];
        Array.Sort(order, (left, right) =>
        {
            int byRank = Rule(left).EvictionRank.CompareTo(Rule(right).EvictionRank);
            int byTime = byRank != 0 ? byRank : latest[left].CompareTo(latest[right]);
            return byTime != 0 ? byTime : graph.Compare(left, right);
        });
        var place = new Dictionary<int, int>();
        for (int i = 0; i < order.Length; i++) place.Add(order[i], i);
        ILookup<int, Link> byFirstToGo = links.ToLookup(l => Math.Min(place[l.First], place[l.Second]));
        var behind = new DisjointSets(members);
        var gone = new HashSet<int>();
        for (int i = order.Length - 1; i >= 0; i--)
        {
            foreach (Link link in byFirstToGo[i]) behind.Unite(behind.Find(link.First), behind.Find(link.Second));
            if (behind.Size(behind.Find(order[i])) > limit) gone.Add(order[i]);
        }
        return [.. Connect(members, links.Where(l => !gone.Contains(l.First) && !gone.Contains(l.Second))).Select(p => p.Members)];
    }

    private static List<(int[] Members, List<Link> Links)> Connect(int[] members, IEnumerable<Link> links)
    {
        var sets = new DisjointSets(members);
        IReadOnlyCollection<Link> all = links as IReadOnlyCollection<Link> ?? [.. links];
        foreach (Link link in all) sets.Unite(sets.Find(link.First), sets.Find(link.Second));
        return sets.Split(all);
    }

    private int CompareForJoining(Link left, Link right)
    {
        int order = right.Time.CompareTo(left.Time);
        if (order == 0) order = Priority(left).CompareTo(Priority(right));
        if (order != 0) return order;
        (int a, int b) = InOrder(left);
        (int c, int d) = InOrder(right);
        order = graph.Compare(a, c);
        return order != 0 ? order : graph.Compare(b, d);
    }

    private (int, int) InOrder(Link link) => graph.Compare(link.First, link.Second) < 0 ? (link.First, link.Second) : (link.Second, link.First);

    private int Priority(Link link) => Rule(link.First).Priority + Rule(link.Second).Priority;

    private NamespaceRules.Rule Rule(int identity) => rules[graph.Identities.Namespace(identity)];
}
