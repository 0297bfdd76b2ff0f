using Muster.Engine.Nodes;
using Muster.Pql.Binding;

namespace Muster.Engine.Planning.Rules;

/// <summary><c>x = true</c> is x itself as a truth; <c>x = false</c> is "x is there and not x".</summary>
internal sealed class CompareWithTruth() : PlanRule("compare-with-truth")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (node is not CompareNode { Comparison: ComparisonOperator.Equal or ComparisonOperator.NotEqual } comparison) return null;
        if (node.Inputs[1] is not ConstantNode { Value: bool wanted }) return null;
        Node value = node.Inputs[0], isThere = graph.Add(new ValidNode(value));
        Node truth = wanted == (comparison.Comparison == ComparisonOperator.Equal) ? value : graph.Add(new NotNode(value));
        return graph.Add(new AndNode(node.Domain, [isThere, truth]));
    }
}
