using Muster.Engine.Nodes;
using Muster.Pql.Time;

namespace Muster.Engine.Planning.Rules;

/// <summary>A window that is the same in all rows becomes its instants, so that differently written windows are one node.</summary>
internal sealed class WindowAsRange(long? asOf) : PlanRule("window-as-range")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (node is not OccursNode window || asOf is null && !window.IsFixed) return null;
        if (!window.TryGetConstant(asOf ?? 0, out TimeRanges? ranges)) return null;
        if (ranges is not { } instants || instants is { Negated: false, A.IsEmpty: true, B.IsEmpty: true })
            return graph.Add(new ConstantNode(node.Domain, ValueKind.Bits, false));
        return graph.Add(new WithinNode(node.Inputs[0], Ordered(instants)));
    }

    private static TimeRanges Ordered(TimeRanges ranges) =>
        ranges.A.IsEmpty || !ranges.B.IsEmpty && ranges.B.First < ranges.A.First ? ranges with { A = ranges.B, B = ranges.A } : ranges;
}
