namespace Muster.Engine.Planning.Rules;

/// <summary>
/// One way to bring an expression into the form in which equal meanings are one node, or into a cheaper one. A rule sees each new node
/// once,
/// after its inputs have their final form, and never changes a value in any row: a plan without it selects the same profiles.
/// </summary>
/// <param name="name">What switches it off.</param>
internal abstract class PlanRule(string name)
{
    public string Name { get; } = name;

    /// <summary>What the node becomes, made by <see cref="NodeGraph.Add"/>; null if the rule does not apply.</summary>
    public abstract Node? Apply(Node node, NodeGraph graph);
}
