using Muster.Engine.Nodes;

namespace Muster.Engine.Planning.Rules;

/// <summary>No element satisfies a condition that is false.</summary>
internal sealed class DropEmptyReductions() : PlanRule("drop-empty-reductions")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (node is not (CountBetweenNode or CountNode or ChainNode)) return null;
        if (!node.Inputs.Any(input => input is ConstantNode { Kind: ValueKind.Bits, Value: not true })) return null;
        return graph.Add(new ConstantNode(node.Domain, node.Kind, node is CountNode ? 0L : false));
    }
}
