namespace Muster.Engine.Planning;

/// <summary>How a plan is made.</summary>
public sealed record PlanOptions
{
    /// <summary>All rules, and a plan for any instant.</summary>
    public static PlanOptions Default { get; } = new();

    /// <summary>Names of rules that are not applied, of <see cref="PlanRules.Names"/>; other names mean nothing.</summary>
    public IReadOnlySet<string> WithoutRules { get; init; } = new HashSet<string>();

    /// <summary>
    /// The one instant (ms since the epoch) that the plan will be asked for, so that what depends on it is computed once; null if it will
    /// be
    /// asked for several.
    /// </summary>
    public long? AsOf { get; init; }
}
