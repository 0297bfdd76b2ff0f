using Muster.Engine.Nodes;
using Muster.Pql.Binding;

namespace Muster.Engine.Planning.Rules;

/// <summary>Where only a threshold is wanted, elements are counted over their bitmaps, and rows without a match cost nothing.</summary>
internal sealed class CountToThreshold() : PlanRule("count-to-threshold")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (node is not CompareConstantNode comparison || node.Inputs[0] is not CountNode count) return null;
        if (comparison.Constant is not long wanted || wanted is <= long.MinValue + 1 or >= long.MaxValue - 1) return null;
        (long least, long most, bool negated) = comparison.Comparison switch
        {
            ComparisonOperator.Equal or ComparisonOperator.NotEqual =>
                (wanted, wanted, comparison.Comparison == ComparisonOperator.NotEqual),
            ComparisonOperator.GreaterOrEqual or ComparisonOperator.Less =>
                (wanted, long.MaxValue, comparison.Comparison == ComparisonOperator.Less),
            _ => (wanted + 1, long.MaxValue, comparison.Comparison == ComparisonOperator.LessOrEqual),
        };
        // A range that holds 0 is everything but the counts outside of it.
        if (least <= 0)
            (least, most, negated) = most == long.MaxValue ? (0, most, negated) : most < 0 ? (1, 0, negated)
                : (most + 1, long.MaxValue, !negated);
        Node found = least == 0 || least > most
            ? graph.Add(new ConstantNode(node.Domain, ValueKind.Bits, least == 0))
            : graph.Add(new CountBetweenNode(node.Domain, count.Elements, count.Inputs, least, most));
        return negated ? graph.Add(new NotNode(found)) : found;
    }
}
