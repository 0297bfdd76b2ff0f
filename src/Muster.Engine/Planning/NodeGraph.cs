using Muster.Engine.Nodes;
using Muster.Engine.Planning.Rules;

namespace Muster.Engine.Planning;

/// <summary>The hash-consed nodes, domains and row sources of a plan.</summary>
internal sealed class NodeGraph
{
    private readonly IReadOnlyList<PlanRule> _rules;
    private readonly Dictionary<string, Node> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Domain> _domains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RowSource> _sources = new(StringComparer.Ordinal);
    private readonly List<Node> _ordered = [];
    private readonly Dictionary<int, List<TextEqualNode>> _textSiblings = [];

    /// <param name="rules">Applied to each new node in this order; each may be absent.</param>
    public NodeGraph(IReadOnlyList<PlanRule> rules)
    {
        _rules = rules;
        Profiles = Domain.Profiles(0);
        _domains.Add(Profiles.Text, Profiles);
    }

    public Domain Profiles { get; }

    public IReadOnlyList<Node> Nodes => _ordered;

    public int DomainCount => _domains.Count;

    public int SourceCount => _sources.Count;

    /// <summary>The one node that means the same as <paramref name="node"/>: what the rules make of it, or itself if it is new.</summary>
    public Node Add(Node node)
    {
        string key = KeyOf(node);
        if (_known.TryGetValue(key, out Node? known)) return known;
        foreach (PlanRule rule in _rules)
        {
            if (rule.Apply(node, this) is not { } better) continue;
            _known.Add(key, better);
            return better;
        }
        _known.Add(key, node);
        return Take(node);
    }

    /// <summary>The one node equal to <paramref name="node"/>, which no rule looks at.</summary>
    public T Intern<T>(T node) where T : Node
    {
        if (_known.TryGetValue(KeyOf(node), out Node? known) && known is T same) return same;
        _known[KeyOf(node)] = node;
        return (T)Take(node);
    }

    /// <summary>Forgets what was made on the way and is no part of any result, so that it costs nothing.</summary>
    public void Keep(IReadOnlySet<Node> nodes)
    {
        foreach (List<TextEqualNode> siblings in _textSiblings.Values) siblings.RemoveAll(sibling => !nodes.Contains(sibling));
    }

    private Node Take(Node node)
    {
        node.Seal(_ordered.Count);
        _ordered.Add(node);
        if (node is TextEqualNode equality) SiblingsOf(equality.Inputs[0]).Add(equality);
        return node;
    }

    /// <summary>All equalities of one string with constants: they are evaluated together.</summary>
    public List<TextEqualNode> SiblingsOf(Node text)
    {
        if (!_textSiblings.TryGetValue(text.Id, out List<TextEqualNode>? siblings)) _textSiblings.Add(text.Id, siblings = []);
        return siblings;
    }

    private static string KeyOf(Node node) => node.Domain.Id + ":" + node.Text;

    public Domain Elements(RowSource source, string path)
    {
        string text = source.Text + "/" + path;
        return Find(_domains, text, () => Domain.Elements(_domains.Count, text, source.Domain, source, path));
    }

    public Domain Pairs(Domain outer, Domain inner, Domain common, IReadOnlyList<GatherKind> outerToCommon)
    {
        string text = $"({outer.Text} x {inner.Text} by {common.Text} via {string.Join('.', outerToCommon)})";
        return Find(_domains, text, () => Domain.Pairs(_domains.Count, text, outer, inner, common, outerToCommon));
    }

    public Domain Groups(Domain owners, Domain elements, Grouping grouping)
    {
        string text =
            $"{owners.Text}>groups({elements.Text}[{string.Join(", ", grouping.Conditions.Select(c => "#" + c.Id))}] by #{grouping.Key.Id})";
        return Find(_domains, text, () => Domain.Groups(_domains.Count, text, owners, elements, grouping));
    }

    public Domain ItemsOf(Domain groups)
    {
        string text = groups.Text + "/items";
        return Find(_domains, text, () => Domain.ItemsOf(_domains.Count, text, groups));
    }

    public RowSource Own(Domain domain) => Find(_sources, domain.Text, () => new OwnRows(_sources.Count, domain));

    public RowSource Entry(RowSource owner, string path, string key)
    {
        string text = $"{owner.Text}/{path}[{Quoted.Of(key)}]";
        return Find(_sources, text, () => new EntryRows(_sources.Count, owner, path, key, text));
    }

    public RowSource First(Domain domain, RowSource elements, IReadOnlyList<Node> filters, Node? order)
    {
        string by = order is null ? "" : $" by #{order.Id}";
        string text = $"{domain.Text}>first({elements.Text}, {string.Join(", ", filters.Select(f => "#" + f.Id))}{by})";
        return Find(_sources, text, () => new FirstRows(_sources.Count, domain, elements, filters, order, text));
    }

    private static T Find<T>(Dictionary<string, T> known, string text, Func<T> make)
    {
        if (!known.TryGetValue(text, out T? found)) known.Add(text, found = make());
        return found;
    }
}
