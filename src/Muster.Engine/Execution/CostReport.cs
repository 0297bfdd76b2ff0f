namespace Muster.Engine.Execution;

/// <summary>What an evaluation cost, by definition and by expression.</summary>
/// <param name="TotalWork">Units of work, see <see cref="WorkBudget"/>.</param>
/// <param name="TotalMilliseconds">Of all threads together.</param>
/// <param name="Segments">In the order of the plan.</param>
/// <param name="Expressions">In the order of the plan.</param>
public sealed record CostReport(
    long TotalWork, double TotalMilliseconds, IReadOnlyList<SegmentCost> Segments, IReadOnlyList<ExpressionCost> Expressions);

/// <summary>What a definition cost. The works of all definitions add up to the total, but for expressions that a failed one kept from
/// ending.</summary>
/// <param name="Id">The segment.</param>
/// <param name="Work">Each of its expressions' work, divided by the number of definitions that use it.</param>
/// <param name="Milliseconds">The same of time.</param>
/// <param name="MarginalWork">The work of expressions that it alone uses: what the evaluation would save without it.</param>
/// <param name="MarginalMilliseconds">The same of time.</param>
/// <param name="Failure">Why it has no members; null if it was within its budget.</param>
public sealed record SegmentCost(string Id, double Work, double Milliseconds, long MarginalWork, double MarginalMilliseconds,
    string? Failure);

/// <summary>What one expression of a plan cost, without its inputs.</summary>
/// <param name="Id">Its number in the plan.</param>
/// <param name="Domain">What it has a value for.</param>
/// <param name="Text">The operation.</param>
/// <param name="Users">How many definitions use it.</param>
/// <param name="Work">Units of work.</param>
/// <param name="Milliseconds">Time.</param>
public sealed record ExpressionCost(int Id, string Domain, string Text, int Users, long Work, double Milliseconds);
