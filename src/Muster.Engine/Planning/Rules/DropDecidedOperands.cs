using Muster.Engine.Nodes;

namespace Muster.Engine.Planning.Rules;

/// <summary>
/// Constants leave a conjunction or disjunction, or decide it; so does an operand together with its negation. <c>a and (a or b)</c> is
/// <c>a</c>, and <c>a or (a and b)</c> too.
/// </summary>
internal sealed class DropDecidedOperands() : PlanRule("drop-decided-operands")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (node is not (AndNode or OrNode)) return null;
        bool isAnd = node is AndNode;
        var all = node.Inputs.ToHashSet();
        if (node.Inputs.Any(input => IsDecisive(input, isAnd, all))) return Constant(node, graph, !isAnd);
        List<Node> open = node.Inputs.Where(input => input is not ConstantNode && !IsAbsorbed(input, isAnd, all)).ToList();
        if (open.Count == node.Inputs.Count) return null;
        return open.Count switch
        {
            0 => Constant(node, graph, isAnd),
            1 => open[0],
            _ => graph.Add(isAnd ? new AndNode(node.Domain, open) : new OrNode(node.Domain, open)),
        };
    }

    private static Node Constant(Node node, NodeGraph graph, bool value) => graph.Add(new ConstantNode(node.Domain, ValueKind.Bits, value));

    private static bool IsDecisive(Node input, bool isAnd, HashSet<Node> all) =>
        input is ConstantNode constant && constant.Value is true != isAnd || input is NotNode && all.Contains(input.Inputs[0]);

    private static bool IsAbsorbed(Node input, bool isAnd, HashSet<Node> all) =>
        (isAnd ? input is OrNode : input is AndNode) && input.Inputs.Any(all.Contains);
}
