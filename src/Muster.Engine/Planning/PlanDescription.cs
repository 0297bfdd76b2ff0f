namespace Muster.Engine.Planning;

/// <summary>A plan as data.</summary>
/// <param name="Rules">The rules that were applied.</param>
/// <param name="Nodes">The expressions that are evaluated, inputs first.</param>
/// <param name="Segments">Which of them decides each segment.</param>
public sealed record PlanDescription(IReadOnlyList<string> Rules, IReadOnlyList<PlanNode> Nodes, IReadOnlyList<PlanRoot> Segments);

/// <summary>One expression of a plan.</summary>
/// <param name="Id">What others call it.</param>
/// <param name="Domain">What it has a value for: profiles, elements of an array, or pairs.</param>
/// <param name="Text">The operation.</param>
/// <param name="Inputs">What it needs.</param>
public sealed record PlanNode(int Id, string Domain, string Text, IReadOnlyList<int> Inputs);

/// <summary>A segment of a plan.</summary>
/// <param name="Id">The segment.</param>
/// <param name="Node">The expression that says who is a member; null if there is an error.</param>
/// <param name="Error">Why it cannot be evaluated; null if it can.</param>
public sealed record PlanRoot(string Id, int? Node, string? Error);
