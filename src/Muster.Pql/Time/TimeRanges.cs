using Muster.Pql.Binding;

namespace Muster.Pql.Time;

/// <summary>
/// The meaning of a time window once its references are known: the instants of <paramref name="A"/> and <paramref name="B"/>, or all
/// others if
/// <paramref name="Negated"/>. Both evaluators get it from here.
/// </summary>
public readonly record struct TimeRanges(TimeRange A, TimeRange B, bool Negated)
{
    /// <summary>True if an instant is in the window.</summary>
    public bool Contains(long instant) => (A.Contains(instant) || B.Contains(instant)) != Negated;

    /// <summary>A window without a distance: on, before, after or between.</summary>
    /// <param name="relation">Not <see cref="TimeRelation.From"/>, which needs a distance.</param>
    /// <param name="reference">R, or A of between.</param>
    /// <param name="second">B of between; not used otherwise.</param>
    public static TimeRanges Of(TimeRelation relation, TimeInterval reference, TimeInterval second = default) => One(relation switch
    {
        TimeRelation.On => Inside(reference),
        TimeRelation.Before => TimeRange.Below(reference.Start),
        TimeRelation.After => reference.IsInstant ? TimeRange.Above(reference.Start) : TimeRange.From(reference.End),
        TimeRelation.Between => TimeRange.From(reference.Start).And(second.IsInstant ? TimeRange.UpTo(second.Start) : TimeRange.Below(second.End)),
        _ => throw new ArgumentOutOfRangeException(nameof(relation), relation, "The relation needs a distance."),
    });

    /// <summary>A window at a distance: <c>comparison count unit before|after|from R</c>, measured from the start of R.</summary>
    public static TimeRanges Of(TimeRelation relation, ComparisonOperator comparison, long count, TimeUnit unit, TimeInterval reference)
    {
        long origin = reference.Start;
        long back = Calendar.Shift(origin, count == long.MinValue ? long.MaxValue : -count, unit);
        long ahead = Calendar.Shift(origin, count, unit);
        return relation switch
        {
            TimeRelation.Before => Before(comparison, back, origin, unit),
            TimeRelation.After => After(comparison, ahead, origin, unit),
            TimeRelation.From => Around(comparison, back, ahead, unit),
            _ => throw new ArgumentOutOfRangeException(nameof(relation), relation, "The relation takes no distance."),
        };
    }

    private static TimeRanges Before(ComparisonOperator comparison, long far, long origin, TimeUnit unit) => comparison switch
    {
        ComparisonOperator.Less => One(TimeRange.Above(far).And(TimeRange.Below(origin))),
        ComparisonOperator.LessOrEqual => One(TimeRange.From(far).And(TimeRange.Below(origin))),
        ComparisonOperator.Greater => One(TimeRange.Below(far)),
        ComparisonOperator.GreaterOrEqual => One(TimeRange.UpTo(far)),
        _ => new TimeRanges(UnitAround(far, unit), TimeRange.None, comparison == ComparisonOperator.NotEqual),
    };

    private static TimeRanges After(ComparisonOperator comparison, long far, long origin, TimeUnit unit) => comparison switch
    {
        ComparisonOperator.Less => One(TimeRange.Above(origin).And(TimeRange.Below(far))),
        ComparisonOperator.LessOrEqual => One(TimeRange.Above(origin).And(TimeRange.UpTo(far))),
        ComparisonOperator.Greater => One(TimeRange.Above(far)),
        ComparisonOperator.GreaterOrEqual => One(TimeRange.From(far)),
        _ => new TimeRanges(UnitAround(far, unit), TimeRange.None, comparison == ComparisonOperator.NotEqual),
    };

    private static TimeRanges Around(ComparisonOperator comparison, long back, long ahead, TimeUnit unit) => comparison switch
    {
        ComparisonOperator.Less => One(TimeRange.Above(back).And(TimeRange.Below(ahead))),
        ComparisonOperator.LessOrEqual => One(TimeRange.From(back).And(TimeRange.UpTo(ahead))),
        ComparisonOperator.Greater => new TimeRanges(TimeRange.Below(back), TimeRange.Above(ahead), Negated: false),
        ComparisonOperator.GreaterOrEqual => new TimeRanges(TimeRange.UpTo(back), TimeRange.From(ahead), Negated: false),
        _ => new TimeRanges(UnitAround(back, unit), UnitAround(ahead, unit), comparison == ComparisonOperator.NotEqual),
    };

    private static TimeRange UnitAround(long instant, TimeUnit unit) =>
        TimeRange.From(Calendar.Floor(instant, unit)).And(TimeRange.Below(Calendar.Next(instant, unit)));

    private static TimeRange Inside(TimeInterval interval) => interval.IsInstant
        ? new TimeRange(interval.Start, interval.Start)
        : TimeRange.From(interval.Start).And(TimeRange.Below(interval.End));

    private static TimeRanges One(TimeRange range) => new(range, TimeRange.None, Negated: false);
}
