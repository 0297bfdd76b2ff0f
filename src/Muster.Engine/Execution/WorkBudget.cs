namespace Muster.Engine.Execution;

/// <summary>
/// How much work definitions may cause, in units: a unit is a row looked at by one expression, a pair of rows, or 64 rows of a bitmap.
/// Units
/// do not depend on the machine, nor on how profiles are cut into blocks but for rounding.
/// </summary>
/// <param name="PerDefinition">For a definition, all blocks together: its own expressions and its share of those that others use
/// too.</param>
/// <param name="PerExpression">For one expression, all blocks together, however many definitions share it.</param>
public sealed record WorkBudget(long PerDefinition, long PerExpression)
{
    /// <summary>No bound.</summary>
    public static WorkBudget Unlimited { get; } = new(long.MaxValue, long.MaxValue);
}

/// <summary>An expression took more work than it may: the segments that use it fail, others go on.</summary>
internal sealed class WorkBudgetExceededException(int node) : Exception("The budget of work is exceeded.")
{
    public int Node => node;
}
