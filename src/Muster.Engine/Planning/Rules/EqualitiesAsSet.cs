using Muster.Engine.Nodes;
using Muster.Pql.Binding;

namespace Muster.Engine.Planning.Rules;

/// <summary>Many alternatives of one value are one look-up in a set.</summary>
internal sealed class EqualitiesAsSet() : PlanRule("equalities-as-set")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (node is not OrNode || node.Inputs.Count <= SmallSetAsEqualities.Longest) return null;
        var rest = new List<Node>();
        foreach (IGrouping<Node, Node> group in node.Inputs.GroupBy(KeyOf))
        {
            if (group.Count() <= SmallSetAsEqualities.Longest) rest.AddRange(group);
            else rest.Add(graph.Add(SetOf(group.Key, group)));
        }
        if (rest.Count == node.Inputs.Count) return null;
        return rest.Count == 1 ? rest[0] : graph.Add(new OrNode(node.Domain, rest));
    }

    // What is compared; any other operand stands for itself.
    private static Node KeyOf(Node operand) =>
        operand is TextEqualNode or CompareConstantNode { Comparison: ComparisonOperator.Equal } ? operand.Inputs[0] : operand;

    private static Node SetOf(Node value, IEnumerable<Node> equalities) => value.Kind == ValueKind.Text
        ? new TextSetNode(value, equalities.OfType<TextEqualNode>().Select(node => node.Constant).Order(StringComparer.Ordinal).ToArray(),
            ignoreCase: false)
        : new NumberSetNode(value, equalities.OfType<CompareConstantNode>().Select(node => node.Constant).Order().ToArray());
}
