using Muster.Engine.Execution;
using Muster.Engine.Nodes;

namespace Muster.Engine.Planning.Rules;

/// <summary>What has only constants as inputs is computed once, by the node itself.</summary>
internal sealed class FoldConstants(long? asOf) : PlanRule("fold-constants")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (!IsPure(node) || !node.Inputs.All(input => input is ConstantNode)) return null;
        if (Evaluator.OfOneRow(node, asOf ?? 0) is not { } vector) return null;
        object? value = !vector.IsValid(0) ? null : node.Kind switch
        {
            ValueKind.Bits => vector.IsTrue(0),
            ValueKind.Int64 => vector.Longs[0],
            ValueKind.Double => vector.Doubles[0],
            _ => vector.TextAt(0),
        };
        return graph.Add(new ConstantNode(node.Domain, node.Kind, value));
    }

    // Those whose rows depend on their inputs alone; windows and calls also on the instant.
    private bool IsPure(Node node) => node switch
    {
        ArithmeticNode or WideArithmeticNode or NegateNode or ConditionalNode or CompareNode or CompareConstantNode or TextCompareNode or TextTestNode
            or TextTableNode or NumberSetNode or WithinNode or ValidNode or AndNode or OrNode or NotNode => true,
        CallNode call => asOf is not null || !call.UsesNow,
        OccursNode occurs => asOf is not null || occurs.IsFixed,
        _ => false,
    };
}
