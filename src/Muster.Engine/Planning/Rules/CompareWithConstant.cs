using Muster.Engine.Nodes;

namespace Muster.Engine.Planning.Rules;

/// <summary>A number compared with a constant is compared eight rows at a time.</summary>
internal sealed class CompareWithConstant() : PlanRule("compare-with-constant")
{
    public override Node? Apply(Node node, NodeGraph graph) =>
        node is CompareNode comparison && node.Inputs[1] is ConstantNode { Kind: ValueKind.Int64 or ValueKind.Double, Value: { } constant }
            ? graph.Add(new CompareConstantNode(node.Inputs[0], comparison.Comparison, constant))
            : null;
}
