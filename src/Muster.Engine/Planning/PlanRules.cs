using Muster.Engine.Planning.Rules;

namespace Muster.Engine.Planning;

/// <summary>The rules of the planner.</summary>
public static class PlanRules
{
    /// <summary>The names of all rules, in the order in which they are tried.</summary>
    public static IReadOnlyList<string> Names { get; } = All(asOf: null).Select(rule => rule.Name).ToArray();

    internal static IReadOnlyList<PlanRule> For(PlanOptions options) =>
        All(options.AsOf).Where(rule => !options.WithoutRules.Contains(rule.Name)).ToArray();

    private static IReadOnlyList<PlanRule> All(long? asOf) =>
    [
        new FixTheInstant(asOf),
        new FoldConstants(asOf),
        new FlattenLogic(),
        new DropDecidedOperands(),
        new DropImpliedPresence(),
        new DropEmptyReductions(),
        new MoveNotInwards(),
        new KnowPresence(),
        new PutConstantRight(),
        new CompareWithConstant(),
        new CompareWithTruth(),
        new TestDistinctStrings(),
        new EqualityByCode(),
        new InequalityAsNotEqual(),
        new SmallSetAsEqualities(),
        new EqualitiesAsSet(),
        new WindowAsRange(asOf),
        new CountToThreshold(),
    ];
}
