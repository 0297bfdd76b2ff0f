using Muster.Engine.Nodes;

namespace Muster.Engine.Planning.Rules;

/// <summary>Where a value is compared in the same conjunction, asking whether it is there is asked already: a comparison with null is
/// false.</summary>
internal sealed class DropImpliedPresence() : PlanRule("drop-implied-presence")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        switch (node)
        {
            case AndNode when Without(node.Inputs) is { } rest:
                return rest.Count == 1 ? rest[0] : graph.Add(new AndNode(node.Domain, rest));
            case CountBetweenNode count when Without(node.Inputs) is { } rest:
                return graph.Add(new CountBetweenNode(node.Domain, count.Elements, rest, count.Least, count.Most));
            case CountNode count when Without(node.Inputs) is { } rest:
                return graph.Add(new CountNode(node.Domain, count.Elements, rest));
            default:
                return null;
        }
    }

    private static List<Node>? Without(IReadOnlyList<Node> conditions)
    {
        HashSet<Node>? compared = null;
        foreach (Node condition in conditions)
            if (condition is TextEqualNode or TextTableNode or CompareConstantNode or NumberSetNode or WithinNode)
                (compared ??= []).Add(condition.Inputs[0]);
        if (compared is null) return null;
        List<Node> rest = conditions.Where(condition => condition is not ValidNode || !compared.Contains(condition.Inputs[0])).ToList();
        return rest.Count == conditions.Count ? null : rest;
    }
}
