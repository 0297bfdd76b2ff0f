using Muster.Engine.Nodes;
using Muster.Pql.Binding;

namespace Muster.Engine.Planning.Rules;

/// <summary><c>x in [a, b]</c> and <c>equals(x, a, b)</c> are <c>x = a or x = b</c>, which other queries may ask for too.</summary>
internal sealed class SmallSetAsEqualities() : PlanRule("small-set-as-equalities")
{
    /// <summary>The most constants that are put together of shared equalities; more of them are looked up in a set of their own.</summary>
    public const int Longest = 16;

    public override Node? Apply(Node node, NodeGraph graph)
    {
        List<Node>? equalities = node switch
        {
            TextSetNode { Constants.Count: <= Longest, IgnoreCase: false } texts =>
                texts.Constants.Select(text => graph.Add(new TextCompareNode(
                    node.Domain, node.Inputs[0], ComparisonOperator.Equal, graph.Add(new ConstantNode(node.Domain, ValueKind.Text, text)),
                        ignoreCase: false))).ToList(),
            NumberSetNode { Constants.Count: <= Longest } numbers =>
                numbers.Constants.Select(number => graph.Add(new CompareConstantNode(node.Inputs[0], ComparisonOperator.Equal, number)))
                    .ToList(),
            _ => null,
        };
        return equalities switch
        {
            null => null,
            [] => graph.Add(new ConstantNode(node.Domain, ValueKind.Bits, false)),
            [Node only] => only,
            _ => graph.Add(new OrNode(node.Domain, equalities)),
        };
    }
}
