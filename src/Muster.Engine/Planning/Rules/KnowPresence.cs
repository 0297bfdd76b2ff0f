using Muster.Engine.Nodes;

namespace Muster.Engine.Planning.Rules;

/// <summary>What is never null is present.</summary>
internal sealed class KnowPresence() : PlanRule("know-presence")
{
    public override Node? Apply(Node node, NodeGraph graph) =>
        node is ValidNode && node.Inputs[0].IsNeverNull ? graph.Add(new ConstantNode(node.Domain, ValueKind.Bits, true)) : null;
}
