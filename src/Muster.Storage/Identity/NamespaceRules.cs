namespace Muster.Storage.Identity;

/// <summary>The rules by the numbers of namespaces. Follows the table as it grows; one thread.</summary>
internal sealed class NamespaceRules
{
    private readonly NamespaceTable _namespaces;
    private readonly Dictionary<string, string> _types;
    private readonly Dictionary<string, int> _unique, _priority;
    private readonly List<Rule> _rules = [];

    public NamespaceRules(LinkingRules rules, NamespaceTable namespaces)
    {
        _namespaces = namespaces;
        _types = new Dictionary<string, string>(rules.Types.Count, StringComparer.OrdinalIgnoreCase);
        foreach ((string code, string type) in rules.Types) _types[code] = type;
        _unique = Number(rules.UniqueNamespaces);
        _priority = Number(rules.Priority);
    }

    /// <summary>The number of unique namespaces.</summary>
    public int UniqueCount => _unique.Count;

    /// <summary>The priority of namespaces that were given none.</summary>
    public int LowestPriority => _priority.Count;

    /// <summary>The rules of a namespace.</summary>
    public Rule this[int number]
    {
        get
        {
            while (_rules.Count <= number) _rules.Add(Find(_namespaces[_rules.Count]));
            return _rules[number];
        }
    }

    /// <summary>True if two sets of rules say the same of all namespaces of a table; they may differ in others, of which nothing is known yet.</summary>
    public static bool AreSame(LinkingRules left, LinkingRules right, NamespaceTable namespaces)
    {
        if (ReferenceEquals(left, right)) return true;
        NamespaceRules first = new(left, namespaces), second = new(right, namespaces);
        for (int number = 0; number < namespaces.Count; number++)
        {
            Rule one = first[number], other = second[number];
            // The numbers of unique namespaces mean nothing.
            if (one with { Unique = Math.Min(one.Unique, 0) } != other with { Unique = Math.Min(other.Unique, 0) }) return false;
        }
        return true;
    }

    private static Dictionary<string, int> Number(IEnumerable<string> codes)
    {
        var numbers = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (string code in codes) numbers.TryAdd(code, numbers.Count);
        return numbers;
    }

    private Rule Find(string code)
    {
        string type = StandardNamespaces.TypeOf(code) ?? _types.GetValueOrDefault(code, IdentityTypes.CrossDevice);
        return new Rule(
            IdentityTypes.Links(type), IdentityTypes.EvictionRank(type), _unique.GetValueOrDefault(code, -1), _priority.GetValueOrDefault(code, _priority.Count));
    }

    /// <summary>What holds for the identities of one namespace.</summary>
    /// <param name="Links">False if they are in no graph.</param>
    /// <param name="EvictionRank">Lower ranks leave an overfull component first.</param>
    /// <param name="Unique">The number of the namespace among the unique ones; -1 if it is not unique.</param>
    /// <param name="Priority">Its place among the priorities; <see cref="LowestPriority"/> if it has none.</param>
    internal readonly record struct Rule(bool Links, int EvictionRank, int Unique, int Priority);
}
