using Muster.Engine.Columns;
using Muster.Engine.Execution;

namespace Muster.Engine.Planning;

/// <summary>How the values of a vector are stored.</summary>
internal enum ValueKind
{
    /// <summary>Booleans: a bit a row, zero where the value is null.</summary>
    Bits,

    /// <summary>Integers, timestamps, dates.</summary>
    Int64,

    /// <summary>Doubles; always finite.</summary>
    Double,

    /// <summary>Strings: codes of a table.</summary>
    Text,
}

/// <summary>
/// One expression of a plan: evaluated at most once per block over all rows of its domain. <see cref="Text"/> is canonical (inputs by
/// number),
/// so equal expressions are one node.
/// </summary>
internal abstract class Node(Domain domain, ValueKind kind, IReadOnlyList<Node> inputs)
{
    public int Id { get; set; } = -1;

    public Domain Domain { get; } = domain;

    public ValueKind Kind { get; } = kind;

    public IReadOnlyList<Node> Inputs { get; } = inputs;

    /// <summary>The operation and its inputs by number, without the domain.</summary>
    public abstract string Text { get; }

    /// <summary>True if it pays to evaluate other conditions first and this one only for the rows that are left.</summary>
    public virtual bool IsExpensive => Inputs.Any(input => input.IsExpensive && input.Domain == Domain);

    /// <summary>The values of all rows of the domain's frame.</summary>
    public abstract Vector Evaluate(Evaluator evaluator, Frame frame);

    /// <summary>
    /// The truth of the rows in <paramref name="mask"/>; unspecified for other rows. Only Boolean nodes are asked, and only expensive ones
    /// have an answer of their own.
    /// </summary>
    public virtual ulong[] EvaluateWithin(Evaluator evaluator, Frame frame, ulong[] mask) => evaluator.Get(this).Bits;

    /// <summary>The inputs and what the domain's rows are chosen by.</summary>
    public virtual IEnumerable<Node> AllInputs() => Inputs.Concat(Conditions(Domain));

    /// <summary>Adds the columns that the node reads itself to the request of the profile level.</summary>
    public virtual void Request(ColumnRequest profiles)
    {
    }

    private static IEnumerable<Node> Conditions(Domain? domain) =>
        domain is null ? [] : [.. Conditions(domain.Source), .. Conditions(domain.Parent), .. Conditions(domain.Inner)];

    /// <summary>The nodes that choose the rows of a source.</summary>
    protected static IEnumerable<Node> Conditions(RowSource? source) => source switch
    {
        FirstRows first => [.. first.Filters, .. Conditions(first.Elements.Domain)],
        EntryRows entry => Conditions(entry.Owner),
        _ => [],
    };

    protected static string Join(IEnumerable<Node> nodes) => string.Join(", ", nodes.Select(node => "#" + node.Id));
}

/// <summary>The hash-consed nodes, domains and row sources of a plan.</summary>
internal sealed class NodeGraph
{
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Domain> _domains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RowSource> _sources = new(StringComparer.Ordinal);
    private readonly List<Node> _ordered = [];

    public NodeGraph()
    {
        Profiles = Domain.Profiles(0);
        _domains.Add(Profiles.Text, Profiles);
    }

    public Domain Profiles { get; }

    public IReadOnlyList<Node> Nodes => _ordered;

    public int DomainCount => _domains.Count;

    public int SourceCount => _sources.Count;

    /// <summary>The one node equal to <paramref name="node"/>: itself if it is new.</summary>
    public T Add<T>(T node) where T : Node
    {
        string key = node.Domain.Id + ":" + node.Text;
        if (_nodes.TryGetValue(key, out Node? known)) return (T)known;
        node.Id = _ordered.Count;
        _ordered.Add(node);
        _nodes.Add(key, node);
        return node;
    }

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

    public RowSource Own(Domain domain) => Find(_sources, domain.Text, () => new OwnRows(_sources.Count, domain));

    public RowSource Entry(RowSource owner, string path, string key)
    {
        string text = $"{owner.Text}/{path}[{Quoted.Of(key)}]";
        return Find(_sources, text, () => new EntryRows(_sources.Count, owner, path, key, text));
    }

    public RowSource First(Domain domain, RowSource elements, IReadOnlyList<Node> filters)
    {
        string text = $"{domain.Text}>first({elements.Text}, {string.Join(", ", filters.Select(f => "#" + f.Id))})";
        return Find(_sources, text, () => new FirstRows(_sources.Count, domain, elements, filters, text));
    }

    private static T Find<T>(Dictionary<string, T> known, string text, Func<T> make)
    {
        if (!known.TryGetValue(text, out T? found)) known.Add(text, found = make());
        return found;
    }
}
