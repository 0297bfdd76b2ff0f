using Muster.Engine.Nodes;

namespace Muster.Engine.Planning.Rules;

/// <summary><c>now</c> and <c>today</c> become constants where the instant of the run is known.</summary>
internal sealed class FixTheInstant(long? asOf) : PlanRule("fix-the-instant")
{
    public override Node? Apply(Node node, NodeGraph graph) =>
        asOf is { } now && node is RunTimeNode time ? graph.Add(new ConstantNode(node.Domain, node.Kind, time.ValueAt(now))) : null;
}
