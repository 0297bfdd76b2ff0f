using Muster.Engine.Nodes;
using Muster.Engine.Values;
using Muster.Pql.Binding;

namespace Muster.Engine.Planning.Rules;

/// <summary>A test of a string against a constant is asked once for each distinct string, not for each row.</summary>
internal sealed class TestDistinctStrings() : PlanRule("test-distinct-strings")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (node is not (TextCompareNode or TextTestNode) || node.Inputs[1] is not ConstantNode { Value: string constant }) return null;
        return node switch
        {
            TextTestNode test => Test(test, constant, graph),
            TextCompareNode { Comparison: ComparisonOperator.Equal, IgnoreCase: true } =>
                graph.Add(TextSetNode.Of(node.Inputs[0], [constant], ignoreCase: true)),
            // Other equalities have rules of their own.
            TextCompareNode { Comparison: not (ComparisonOperator.Equal or ComparisonOperator.NotEqual) } order =>
                Order(order, constant, graph),
            _ => null,
        };
    }

    private static Node Order(TextCompareNode node, string constant, NodeGraph graph) => graph.Add(new TextTableNode(
        node.Inputs[0], $"{node.Comparison} {Quoted.Of(constant)}",
            text => ValueRules.Compare(node.Comparison, text, constant, ignoreCase: false)));

    private static Node Test(TextTestNode node, string constant, NodeGraph graph)
    {
        var pattern = new TextPattern(node.Test, constant, node.IgnoreCase);
        if (pattern.IsInvalid) return graph.Add(new ConstantNode(node.Domain, ValueKind.Bits, false));
        string name = $"{(node.IsNegated ? "not " : "")}{node.Test}{(node.IgnoreCase ? "~" : "")} {Quoted.Of(constant)}";
        return graph.Add(new TextTableNode(node.Inputs[0], name, text => pattern.Matches(text) != node.IsNegated));
    }
}
