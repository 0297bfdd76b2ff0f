using Muster.Pql.Diagnostics;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>Units of time. Millisecond to Week are fixed lengths; Month and longer shift the UTC calendar date.</summary>
public enum TimeUnit
{
    /// <summary>1 ms.</summary>
    Millisecond,

    /// <summary>1,000 ms.</summary>
    Second,

    /// <summary>60 s.</summary>
    Minute,

    /// <summary>60 min.</summary>
    Hour,

    /// <summary>24 h.</summary>
    Day,

    /// <summary>7 days; as a calendar unit from Monday.</summary>
    Week,

    /// <summary>Calendar month.</summary>
    Month,

    /// <summary>Calendar year.</summary>
    Year,

    /// <summary>Years with equal floor(y / 10).</summary>
    Decade,

    /// <summary>Years with equal floor(y / 100).</summary>
    Century,

    /// <summary>Years with equal floor(y / 1000).</summary>
    Millennium,
}

/// <summary>How a time window lies to its reference.</summary>
public enum TimeRelation
{
    /// <summary><c>[on] R</c>.</summary>
    On,

    /// <summary><c>[cmp n unit] before R</c>.</summary>
    Before,

    /// <summary><c>[cmp n unit] after R</c>.</summary>
    After,

    /// <summary><c>cmp n unit from R</c>: either side.</summary>
    From,

    /// <summary><c>between A and B</c>.</summary>
    Between,
}

/// <summary>Something that a window refers to: an interval [start, end) or an instant.</summary>
public abstract record TimeReference(TextSpan Span);

/// <summary><c>this</c> (0), <c>last</c> (-1) or <c>next</c> (1) calendar unit around the run's instant.</summary>
public sealed record PeriodReference(int Offset, TimeUnit Unit, TextSpan Span) : TimeReference(Span);

/// <summary>A Timestamp (an instant) or a Date (a day's interval).</summary>
public sealed record ExpressionReference(BoundExpression Expression) : TimeReference(Expression.Span);

/// <summary>
/// The right side of <c>occurs</c>, and a chain element's WHEN. <paramref name="Comparison"/> and <paramref name="Count"/> are null without a
/// distance; <paramref name="Second"/> is B of <c>between A and B</c>. Its meaning is the table in
/// <c>Muster.Pql.Time.TimeRanges</c>.
/// </summary>
public sealed record TimeWindow(
    TimeRelation Relation, ComparisonOperator? Comparison, BoundExpression? Count, TimeUnit Unit, TimeReference Reference, TimeReference? Second, TextSpan Span);

/// <summary><c>T occurs window</c>; false if T, the count or the reference is null. <paramref name="Timestamp"/> is a Timestamp (a Date counts from its start).</summary>
public sealed record BoundOccurs(BoundExpression Timestamp, TimeWindow Window, TextSpan Span) : BoundExpression(DataType.Boolean, Span);

/// <summary>
/// One step of a chain. <paramref name="Item"/> is the event within What, Where and, for later elements, their windows too (a
/// label used as a time is the label's timestamp: the binder makes that field access explicit).
/// </summary>
/// <param name="Item">The event of this step.</param>
/// <param name="What">Boolean over the event; both WHAT and WHERE.</param>
/// <param name="When">The window of the event's timestamp; null for any time.</param>
/// <param name="MinimumCount">At least so many matches; 1 without COUNT.</param>
/// <param name="MaximumCount">At most so many; null without a limit. Then, and when the minimum is 0, the count is taken over all matches in the allowed window </param>
/// <param name="Gap">The distance to the previous step; null for any.</param>
public sealed record BoundChainStep(Variable Item, BoundExpression What, TimeWindow? When, int MinimumCount, int? MaximumCount, BoundGap? Gap);

/// <summary><c>GAP(&lt;= n unit)</c>: compares the time from the previous step's event to this step's with n units.</summary>
public sealed record BoundGap(ComparisonOperator Comparison, BoundExpression Count, TimeUnit Unit);

/// <summary>
/// <c>CHAIN(array, path, [steps])</c>: distinct elements in strictly increasing time satisfy the steps in order. <paramref name="Timestamp"/> is
/// an expression over <paramref name="Item"/>, one element of the array; the steps have item variables of their own.
/// </summary>
public sealed record BoundChain(BoundExpression Source, Variable Item, BoundExpression Timestamp, IReadOnlyList<BoundChainStep> Steps, TextSpan Span)
    : BoundExpression(DataType.Boolean, Span);
