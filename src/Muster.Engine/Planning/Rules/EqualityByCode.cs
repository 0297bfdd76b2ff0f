using Muster.Engine.Nodes;
using Muster.Pql.Binding;

namespace Muster.Engine.Planning.Rules;

/// <summary>All constants that a plan compares one string with are found in one pass over its codes.</summary>
internal sealed class EqualityByCode() : PlanRule("equality-by-code")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (node is not TextCompareNode { Comparison: ComparisonOperator.Equal, IgnoreCase: false }
            || node.Inputs[1] is not ConstantNode { Value: string constant })
            return null;
        return graph.Add(new TextEqualNode(node.Inputs[0], constant, graph.SiblingsOf(node.Inputs[0])));
    }
}
