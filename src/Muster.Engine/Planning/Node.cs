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
/// number), so equal expressions are one node.
/// </summary>
internal abstract class Node(Domain domain, ValueKind kind, IReadOnlyList<Node> inputs)
{
    /// <summary>Its number in the graph; -1 while it is not part of one.</summary>
    public int Id { get; private set; } = -1;

    public Domain Domain { get; } = domain;

    public ValueKind Kind { get; } = kind;

    public IReadOnlyList<Node> Inputs { get; } = inputs;

    /// <summary>The operation and its inputs by number, without the domain.</summary>
    public abstract string Text { get; }

    /// <summary>True if it pays to evaluate other conditions first and this one only for the rows that are left.</summary>
    public bool IsExpensive { get; private set; }

    /// <summary>True if there is a value in every row, whatever the data.</summary>
    public virtual bool IsNeverNull => false;

    /// <summary>True for what is expensive by itself, whatever its inputs are.</summary>
    protected virtual bool IsCostly => false;

    /// <summary>Makes it part of a graph.</summary>
    public void Seal(int id)
    {
        Id = id;
        IsExpensive = IsCostly || Inputs.Any(input => input.IsExpensive && input.Domain == Domain);
    }

    /// <summary>The values of all rows of the domain's frame.</summary>
    public abstract Vector Evaluate(Evaluator evaluator, Frame frame);

    /// <summary>
    /// The truth of the rows in <paramref name="mask"/>; unspecified for other rows. Only Boolean nodes are asked, and only expensive ones
    /// have an answer of their own.
    /// </summary>
    public virtual ulong[] EvaluateWithin(Evaluator evaluator, Frame frame, ulong[] mask) => evaluator.Get(this).Bits;

    /// <summary>
    /// The units of work of <see cref="Evaluate"/> over a frame, but for what the node tells the evaluator itself: the same for the same
    /// data,
    /// whatever is kept between blocks.
    /// </summary>
    public virtual long WorkOf(Evaluator evaluator, Frame frame) => frame.Count;

    /// <summary>The nodes that are evaluated along with this one, itself included; empty if it is evaluated alone.</summary>
    public virtual IReadOnlyList<Node> Companions => [];

    /// <summary>The inputs and what the domain's rows are chosen by.</summary>
    public virtual IEnumerable<Node> AllInputs() => Inputs.Concat(Conditions(Domain));

    /// <summary>Adds the columns that the node reads itself to the request of the profile level.</summary>
    public virtual void Request(ColumnRequest profiles)
    {
    }

    /// <summary>The nodes that choose the rows of a domain.</summary>
    protected static IEnumerable<Node> Conditions(Domain? domain) =>
        domain is null ? [] : [.. domain.Grouping is { } grouping ? (Node[])[.. grouping.Conditions, grouping.Key] : [],
            .. Conditions(domain.Source), .. Conditions(domain.Parent), .. Conditions(domain.Inner)];

    /// <summary>The nodes that choose the rows of a source.</summary>
    protected static IEnumerable<Node> Conditions(RowSource? source) => source switch
    {
        FirstRows first => [.. first.Filters, .. first.Order is null ? (Node[])[] : [first.Order], .. Conditions(first.Elements.Domain)],
        EntryRows entry => Conditions(entry.Owner),
        _ => [],
    };

    protected static string Join(IEnumerable<Node> nodes) => string.Join(", ", nodes.Select(node => "#" + node.Id));
}
