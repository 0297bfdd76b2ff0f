using Muster.Engine.Planning;
using Muster.Pql.Binding;
using Muster.Pql.Time;
using Muster.Pql.Types;

namespace Muster.Engine.Nodes;

/// <summary>
/// A condition on a pair that allows the inner event a range of times around a time of the outer row. Events are stored in the order of
/// their time, so the range is found by binary search and no other pair is made.
/// </summary>
/// <param name="OuterTime">Over the outer rows.</param>
/// <param name="InnerTime">The timestamp of the inner events.</param>
/// <param name="Relation">How the inner time lies to the outer one.</param>
/// <param name="Comparison">Null without a distance.</param>
/// <param name="Count">The distance.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record PairsWindow(Node OuterTime, Node InnerTime, TimeRelation Relation, ComparisonOperator? Comparison, long Count,
    TimeUnit Unit)
{
    public string Text => $"#{InnerTime.Id} {Comparison} {(Comparison is null ? "" : $"{Count} {Unit} ")}{Relation} #{OuterTime.Id}";

    /// <summary>The inner times that an outer time allows.</summary>
    public TimeRange Allowed(long outer) =>
        (Comparison is { } comparison ? TimeRanges.Of(Relation, comparison, Count, Unit, TimeInterval.At(outer))
            : TimeRanges.Of(Relation, TimeInterval.At(outer))).A;

    /// <summary>The window that a condition over pairs is; null if it is none.</summary>
    public static PairsWindow? Of(Node condition, Domain pairs)
    {
        bool areSorted = pairs.Inner is { Path: ProfileSchema.EventArray, Source: OwnRows } inner && inner.Parent == pairs.Common
            && pairs.Common!.Parent is null;
        if (!areSorted) return null;
        return condition switch
        {
            CompareNode compare => Of(compare, pairs),
            OccursNode { ReferenceTime: { } reference, SecondTime: null, IsDay: false } occurs when occurs.Comparison is null
                || occurs.ConstantCount is not null =>
                Of(occurs, reference, pairs),
            _ => null,
        };
    }

    private static PairsWindow? Of(CompareNode compare, Domain pairs)
    {
        bool isInnerFirst = IsInnerTime(compare.Inputs[0], pairs);
        (Node inner, Node outer) = isInnerFirst ? (compare.Inputs[0], compare.Inputs[1]) : (compare.Inputs[1], compare.Inputs[0]);
        if (!IsInnerTime(inner, pairs) || !IsOuter(outer, pairs)) return null;
        // A time at most n milliseconds after another, with n = 0 where times may be equal, says the same as a comparison.
        (TimeRelation Relation, ComparisonOperator? Comparison)? window = (compare.Comparison, isInnerFirst) switch
        {
            (ComparisonOperator.Equal, _) => (TimeRelation.On, null),
            (ComparisonOperator.Greater, true) or (ComparisonOperator.Less, false) => (TimeRelation.After, null),
            (ComparisonOperator.Less, true) or (ComparisonOperator.Greater, false) => (TimeRelation.Before, null),
            (ComparisonOperator.GreaterOrEqual, true) or (ComparisonOperator.LessOrEqual, false) =>
                (TimeRelation.After, ComparisonOperator.GreaterOrEqual),
            (ComparisonOperator.LessOrEqual, true) or (ComparisonOperator.GreaterOrEqual, false) =>
                (TimeRelation.Before, ComparisonOperator.GreaterOrEqual),
            _ => null,
        };
        return window is { } found
            ? new PairsWindow(outer.Inputs[0], inner.Inputs[0], found.Relation, found.Comparison, 0, TimeUnit.Millisecond) : null;
    }

    private static PairsWindow? Of(OccursNode occurs, Node reference, Domain pairs)
    {
        bool isOneRange = (occurs.Relation, occurs.Comparison) switch
        {
            (TimeRelation.Between, _) or (_, ComparisonOperator.NotEqual or ComparisonOperator.Equal) => false,
            (TimeRelation.From, not (ComparisonOperator.Less or ComparisonOperator.LessOrEqual)) => false,
            _ => true,
        };
        if (!isOneRange) return null;
        Node timestamp = occurs.Inputs[0];
        long count = occurs.ConstantCount ?? 0;
        if (IsInnerTime(timestamp, pairs) && IsOuter(reference, pairs))
            return new PairsWindow(reference.Inputs[0], timestamp.Inputs[0], occurs.Relation, occurs.Comparison, count, occurs.Unit);
        // The other way round only where the distance is the same in both directions.
        if (!IsInnerTime(reference, pairs) || !IsOuter(timestamp, pairs) || occurs.Unit > TimeUnit.Week) return null;
        TimeRelation mirrored = occurs.Relation switch
        {
            TimeRelation.Before => TimeRelation.After,
            TimeRelation.After => TimeRelation.Before,
            var same => same,
        };
        return new PairsWindow(timestamp.Inputs[0], reference.Inputs[0], mirrored, occurs.Comparison, count, occurs.Unit);
    }

    private static bool IsInnerTime(Node node, Domain pairs) =>
        node is GatherNode { Via: GatherKind.Inner } && node.Inputs[0] is ColumnNode { Name: "timestamp", Source: OwnRows } column
            && column.Domain == pairs.Inner;

    private static bool IsOuter(Node node, Domain pairs) =>
        node is GatherNode { Via: GatherKind.Outer, Kind: ValueKind.Int64 } && node.Inputs[0].Domain == pairs.Parent;
}
