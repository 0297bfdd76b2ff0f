using Muster.Engine.Nodes;
using Muster.Pql.Binding;

namespace Muster.Engine.Planning.Rules;

/// <summary><c>5 &lt; x</c> is <c>x &gt; 5</c>; of two values that are both computed the older one is on the left.</summary>
internal sealed class PutConstantRight() : PlanRule("put-constant-right")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (node is not (CompareNode or TextCompareNode)) return null;
        Node left = node.Inputs[0], right = node.Inputs[1];
        bool areSwapped = left is ConstantNode ? right is not ConstantNode : right is not ConstantNode && left.Id > right.Id;
        if (!areSwapped) return null;
        return graph.Add(node switch
        {
            CompareNode numbers => new CompareNode(node.Domain, right, Mirror(numbers.Comparison), left),
            TextCompareNode texts => new TextCompareNode(node.Domain, right, Mirror(texts.Comparison), left, texts.IgnoreCase),
            _ => node,
        });
    }

    private static ComparisonOperator Mirror(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Less => ComparisonOperator.Greater,
        ComparisonOperator.LessOrEqual => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.Greater => ComparisonOperator.Less,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.LessOrEqual,
        _ => comparison,
    };
}
