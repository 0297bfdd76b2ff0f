using Muster.Engine.Nodes;
using Muster.Pql.Binding;

namespace Muster.Engine.Planning.Rules;

/// <summary>
/// A negation moves into a conjunction or disjunction, since those know true and false only. It moves into a comparison only where the
/// value is never null: <c>not (x &lt; 5)</c> holds for a null x and <c>x &gt;= 5</c> does not.
/// </summary>
internal sealed class MoveNotInwards() : PlanRule("move-not-inwards")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (node is not NotNode) return null;
        Node operand = node.Inputs[0];
        switch (operand)
        {
            case NotNode: return operand.Inputs[0];
            case AndNode: return graph.Add(new OrNode(node.Domain, operand.Inputs.Select(input => graph.Add(new NotNode(input))).ToList()));
            case OrNode: return graph.Add(new AndNode(node.Domain, operand.Inputs.Select(input => graph.Add(new NotNode(input))).ToList()));
            case CompareConstantNode comparison when operand.Inputs[0].IsNeverNull:
                return graph.Add(new CompareConstantNode(operand.Inputs[0], Opposite(comparison.Comparison), comparison.Constant));
            default: return null;
        }
    }

    private static ComparisonOperator Opposite(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => ComparisonOperator.NotEqual,
        ComparisonOperator.NotEqual => ComparisonOperator.Equal,
        ComparisonOperator.Less => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.LessOrEqual => ComparisonOperator.Greater,
        ComparisonOperator.Greater => ComparisonOperator.LessOrEqual,
        _ => ComparisonOperator.Less,
    };
}
