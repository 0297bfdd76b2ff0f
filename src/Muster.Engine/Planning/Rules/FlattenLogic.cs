using Muster.Engine.Nodes;

namespace Muster.Engine.Planning.Rules;

/// <summary>Conjunctions within a conjunction, and disjunctions within a disjunction, become one; operands are distinct and in a fixed
/// order.</summary>
internal sealed class FlattenLogic() : PlanRule("flatten-logic")
{
    public override Node? Apply(Node node, NodeGraph graph)
    {
        if (node is not (AndNode or OrNode)) return null;
        bool isAnd = node is AndNode;
        List<Node> operands = node.Inputs.SelectMany(input => input.GetType() == node.GetType() ? input.Inputs : [input])
            .Distinct().OrderBy(input => input.Id).ToList();
        if (operands.Count == 1) return operands[0];
        return operands.SequenceEqual(node.Inputs) ? null
            : graph.Add(isAnd ? new AndNode(node.Domain, operands) : new OrNode(node.Domain, operands));
    }
}
