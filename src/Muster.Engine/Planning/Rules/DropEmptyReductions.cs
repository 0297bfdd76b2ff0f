using Muster.Engine.Nodes;

namespace Muster.Engine.Planning.Rules;

/// <summary>No element satisfies a condition that is false.</summary>
internal sealed class DropEmptyReductions() : PlanRule("drop-empty-reductions")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        bool isEmpty = node switch
        {
            CountBetweenNode or CountNode => node.Inputs.Any(IsFalse),
            ChainNode chain => chain.Steps.Any(step => step.Least > 0 && step.Conditions.Any(IsFalse)),
            _ => false,
        };
        if (!isEmpty) return null;
        return graph.Add(new ConstantNode(node.Domain, node.Kind, node is CountNode ? 0L : false));
    }

    private static bool IsFalse(Node condition) => condition is ConstantNode { Kind: ValueKind.Bits, Value: not true };
}
