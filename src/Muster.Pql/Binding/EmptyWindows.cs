using Muster.Pql.Time;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>Finds windows of time that hold no instant whenever they are asked.</summary>
internal static class EmptyWindows
{
    // Some days of two years, of all weekdays, months and times of day: a window that holds nothing at any of them holds nothing.
    private const long FirstSample = 1_924_992_000_000, Step = 1_101_600_000;
    private const int Samples = 60;

    public static bool IsEmpty(TimeWindow window)
    {
        // A negative number of units is an error of its own.
        if (window.Count is not (null or BoundConstant { Value: >= 0L })) return false;
        for (int i = 0; i < Samples; i++)
            if (RangesAt(window, FirstSample + i * Step) is not { Negated: false, A.IsEmpty: true, B.IsEmpty: true }) return false;
        return true;
    }

    private static TimeRanges? RangesAt(TimeWindow window, long now)
    {
        if (IntervalOf(window.Reference, now) is not { } reference) return null;
        if (window is { Comparison: { } comparison, Count: BoundConstant { Value: long count } })
            return TimeRanges.Of(window.Relation, comparison, count, window.Unit, reference);
        if (window.Relation != TimeRelation.Between) return TimeRanges.Of(window.Relation, reference);
        return window.Second is not null && IntervalOf(window.Second, now) is { } second
            ? TimeRanges.Of(window.Relation, reference, second) : null;
    }

    private static TimeInterval? IntervalOf(TimeReference reference, long now) => reference switch
    {
        PeriodReference period => TimeInterval.OfPeriod(now, period.Offset, period.Unit),
        ExpressionReference { Expression: BoundNow } => TimeInterval.At(now),
        ExpressionReference { Expression: BoundRelativeDay day } => TimeInterval.OfDay(Calendar.DayOf(now) + day.Offset),
        ExpressionReference { Expression: BoundConstant { Value: long value, Type.Kind: TypeKind.Date } } => TimeInterval.OfDay(value),
        ExpressionReference { Expression: BoundConstant { Value: long value, Type.Kind: TypeKind.Timestamp } } => TimeInterval.At(value),
        _ => null,
    };
}
