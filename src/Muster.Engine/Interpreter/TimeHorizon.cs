using Muster.Engine.Values;
using Muster.Pql.Binding;
using Muster.Pql.Time;

namespace Muster.Engine.Interpreter;

/// <summary>
/// Collects, while a query is evaluated, the instants from which on a part that was evaluated would have another value. Up to the first of
/// them
/// the answer stays: with the same parts evaluating is the same. Never too late; too early where a part depends on the instant in a way
/// that
/// is not looked into.
/// </summary>
/// <param name="now">The instant of the evaluation.</param>
internal sealed class TimeHorizon(long now)
{
    // No data is so old or so far off; dates keep their range.
    private static readonly long End = Calendar.StartOfDay(new CivilDate(100_000, 1, 1).ToDays());

    /// <summary>The first instant at which the answer may be another one; null if none is in sight.</summary>
    public long? Next { get; private set; }

    /// <summary>The value may change at any instant.</summary>
    public void AnyTime() => Add(now + 1);

    /// <summary>The value is the same until the day ends.</summary>
    public void NextDay() => Add(Calendar.StartOfDay(Calendar.DayOf(now) + 1));

    /// <summary>The order of the instant and another one, which stays where it is.</summary>
    public void OrderWith(object? value)
    {
        if (ValueRules.ToInstant(value) is not { } instant || instant < now) return;
        Add(instant == now ? now + 1 : instant);
    }

    /// <summary>
    /// Whether an instant is in a window whose ends move with now. Ends only move forward, so each passes the instant once: the first that
    /// does is
    /// searched for.
    /// </summary>
    public void Window(long instant, Func<long, TimeRanges?> rangesAt)
    {
        if (rangesAt(now) is not { } current) return;
        if (!IsPassed(End)) return;
        long low = now, high = End;
        while (high - low > 1)
        {
            long middle = low + (high - low) / 2;
            if (IsPassed(middle)) high = middle;
            else low = middle;
        }
        Add(high);

        bool IsPassed(long at) => rangesAt(at) is not { } then || Passes(current.A, then.A) || Passes(current.B, then.B);

        bool Passes(TimeRange before, TimeRange after) =>
            (before.First <= instant) != (after.First <= instant) || (instant <= before.Last) != (instant <= after.Last);
    }

    /// <summary>True for what is or holds the instant itself.</summary>
    public static bool Moves(BoundExpression? expression) => expression is not null && BoundTree.DescendantsAndSelf(expression)
        .Any(node => node switch
    {
        BoundNow or BoundRelativeDay => true,
        BoundCall call => Pql.Functions.FunctionCatalogue.All[call.Function].Scalar!.DependsOnNow,
        _ => false,
    });

    private void Add(long instant)
    {
        if (Next is null || instant < Next) Next = instant;
    }
}
