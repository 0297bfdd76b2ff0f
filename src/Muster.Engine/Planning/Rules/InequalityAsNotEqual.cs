using Muster.Engine.Nodes;
using Muster.Pql.Binding;

namespace Muster.Engine.Planning.Rules;

/// <summary>
/// <c>x != c</c> is "x is there and not x = c", so that it shares the equality; a null x satisfies neither of the two comparisons.
/// </summary>
internal sealed class InequalityAsNotEqual() : PlanRule("inequality-as-not-equal")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        Node? equality = node switch
        {
            TextCompareNode { Comparison: ComparisonOperator.NotEqual } text when node.Inputs[1] is ConstantNode =>
                new TextCompareNode(node.Domain, node.Inputs[0], ComparisonOperator.Equal, node.Inputs[1], text.IgnoreCase),
            CompareConstantNode { Comparison: ComparisonOperator.NotEqual } number =>
                new CompareConstantNode(node.Inputs[0], ComparisonOperator.Equal, number.Constant),
            _ => null,
        };
        // Where the value is never null, the comparison is its own opposite, and moving the negation inwards would lead back here.
        if (equality is null || node.Inputs[0].IsNeverNull) return null;
        Node isThere = graph.Add(new ValidNode(node.Inputs[0])), isNot = graph.Add(new NotNode(graph.Add(equality)));
        return graph.Add(new AndNode(node.Domain, [isThere, isNot]));
    }
}
