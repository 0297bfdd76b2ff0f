using System.Collections.Concurrent;
using System.Text;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Pql;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

/// <summary>A segment to evaluate.</summary>
/// <param name="Id">What other segments of the plan call it in <c>inSegment</c>; distinct.</param>
/// <param name="Query">Compiled as a segment.</param>
public sealed record SegmentQuery(string Id, BoundQuery Query);

/// <summary>
/// Many segments as formulas over shared expressions: what two segments have in common is evaluated once per block. Immutable and
/// thread-safe; threads evaluate with evaluators of their own.
/// </summary>
public sealed class EvaluationPlan
{
    private readonly ConcurrentBag<Evaluator> _idle = [];

    private EvaluationPlan(IReadOnlyList<SegmentQuery> segments, ProfileSchema schema, PlanOptions options, SegmentOrder order)
    {
        (Segments, Schema, Options, Errors) = (segments, schema, options, order.Errors);
        Graph = new NodeGraph(PlanRules.For(options));
        var byId = new Dictionary<string, Node?>(StringComparer.Ordinal);
        var lowering = new Lowering(Graph, id => byId.GetValueOrDefault(id));
        foreach (SegmentQuery segment in order.Evaluable) byId[segment.Id] = lowering.Lower(segment.Query);
        Roots = segments.Select(segment => byId.GetValueOrDefault(segment.Id)).ToArray();
        Nodes = Reachable(Roots.OfType<Node>());
        Graph.Keep(Nodes.ToHashSet());
        Request = RequestOf(Nodes);
    }

    /// <summary>The segments in the order of the results.</summary>
    public IReadOnlyList<SegmentQuery> Segments { get; }

    /// <summary>
    /// The segments that cannot be evaluated, by id, with the reason: those that refer to themselves through others. They have no
    /// members.
    /// </summary>
    public IReadOnlyDictionary<string, string> Errors { get; }

    /// <summary>What the plan reads of a block.</summary>
    public ColumnRequest Request { get; }

    /// <summary>How it was made.</summary>
    public PlanOptions Options { get; }

    internal ProfileSchema Schema { get; }

    internal NodeGraph Graph { get; }

    internal IReadOnlyList<Node?> Roots { get; }

    /// <summary>The nodes that some segment needs, inputs first.</summary>
    internal IReadOnlyList<Node> Nodes { get; }

    /// <summary>Makes a plan.</summary>
    /// <param name="segments">Ids are distinct.</param>
    /// <param name="schema">The schema that the queries were bound to and the blocks have.</param>
    /// <param name="options">How; null for <see cref="PlanOptions.Default"/>.</param>
    /// <exception cref="ArgumentException">Two segments have one id.</exception>
    public static EvaluationPlan Create(IReadOnlyList<SegmentQuery> segments, ProfileSchema schema, PlanOptions? options = null) =>
        new(segments, schema, options ?? PlanOptions.Default, SegmentOrder.Of(segments));

    /// <summary>Makes an evaluator: one a thread, for many blocks.</summary>
    /// <param name="costs">A meter of this plan, shared by all evaluators of an evaluation; null if nothing is to be measured or
    /// bounded.</param>
    public Evaluator CreateEvaluator(CostMeter? costs = null) => new(this) { Meter = costs };

    /// <summary>Evaluates a block with an idle evaluator of the plan; may be called from many threads.</summary>
    /// <param name="block">Must hold what <see cref="Request"/> names as far as the data has it.</param>
    /// <param name="now">The run's instant in milliseconds since the epoch.</param>
    /// <param name="members">Asked for segments that are not part of the plan.</param>
    /// <param name="result">Overwritten.</param>
    /// <param name="costs">See <see cref="CreateEvaluator"/>.</param>
    public void Evaluate(Block block, long now, ISegmentMembers members, EvaluationResult result, CostMeter? costs = null)
    {
        Evaluator evaluator = _idle.TryTake(out Evaluator? idle) ? idle : CreateEvaluator();
        evaluator.Meter = costs;
        evaluator.Evaluate(block, now, members, result);
        _idle.Add(evaluator);
    }

    /// <summary>The graph as text: one line a node that is used, inputs first, then one line a segment.</summary>
    public string Print()
    {
        var text = new StringBuilder();
        foreach (Node node in Nodes)
            text.Append('#').Append(node.Id).Append(" @ ").Append(node.Domain.Text).Append(": ").Append(node.Text).Append('\n');
        for (int i = 0; i < Segments.Count; i++)
            text.Append(Segments[i].Id).Append(" = ").Append(Roots[i] is { } root ? "#" + root.Id : "error: " + Errors[Segments[i].Id]).Append('\n');
        return text.ToString();
    }

    /// <summary>The graph as data: the same as <see cref="Print"/>, for programs.</summary>
    public PlanDescription Describe() => new(
        PlanRules.Names.Where(name => !Options.WithoutRules.Contains(name)).ToArray(),
        Nodes.Select(node =>
            new PlanNode(node.Id, node.Domain.Text, node.Text, node.AllInputs().Select(input => input.Id).Distinct().ToArray())).ToArray(),
        Segments.Select((segment, i) => new PlanRoot(segment.Id, Roots[i]?.Id, Errors.GetValueOrDefault(segment.Id))).ToArray());

    /// <summary>The nodes that others need, with themselves, inputs first.</summary>
    internal static List<Node> Reachable(IEnumerable<Node> roots)
    {
        var seen = new HashSet<Node>();
        var open = new Stack<Node>(roots);
        while (open.TryPop(out Node? node))
        {
            if (!seen.Add(node)) continue;
            foreach (Node input in node.AllInputs()) open.Push(input);
        }
        return seen.OrderBy(node => node.Id).ToList();
    }

    private static ColumnRequest RequestOf(IEnumerable<Node> nodes)
    {
        var request = new ColumnRequest();
        foreach (Node node in nodes) node.Request(request);
        return request;
    }
}
