using Muster.Engine.Values;
using Muster.Pql.Binding;
using Muster.Pql.Time;

namespace Muster.Engine.Interpreter;

public sealed partial class ProfileInterpreter
{
    private object Now()
    {
        _horizon?.AnyTime();
        return new Timestamp(now);
    }

    private object Day(int offset)
    {
        _horizon?.NextDay();
        return new Date(Calendar.DayOf(now) + offset);
    }

    private bool ComparisonOf(BoundComparison node)
    {
        // An instant that stays, compared with now: the commonest way in which time matters.
        if (_horizon is not null && node.Left is BoundNow != node.Right is BoundNow
            && !TimeHorizon.Moves(node.Left is BoundNow ? node.Right : node.Left))
        {
            object? other = Value(node.Left is BoundNow ? node.Right : node.Left);
            _horizon.OrderWith(other);
            object instant = new Timestamp(now);
            return node.Left is BoundNow ? ValueRules.Compare(node.Operator, instant, other, node.IgnoreCase)
                : ValueRules.Compare(node.Operator, other, instant, node.IgnoreCase);
        }
        return ValueRules.Compare(node.Operator, Value(node.Left), Value(node.Right), node.IgnoreCase);
    }

    private bool Occurs(BoundExpression timestamp, TimeWindow window) =>
        ValueRules.ToInstant(Value(timestamp)) is { } instant && IsWithin(instant, window);

    private bool IsWithin(long instant, TimeWindow window)
    {
        if (_horizon is not null) WatchWindow(instant, window);
        return RangesOf(window, now) is { } ranges && ranges.Contains(instant);
    }

    /// <summary>Notes when the window passes the instant, then evaluates it without noting more.</summary>
    private void WatchWindow(long instant, TimeWindow window)
    {
        TimeHorizon horizon = _horizon!;
        _horizon = null;
        // Only the plain references are known to move forward, and only with a distance that stays.
        bool isPlain = IsPlain(window.Reference) && IsPlain(window.Second) && !TimeHorizon.Moves(window.Count);
        if (isPlain && (IsMoving(window.Reference) || IsMoving(window.Second))) horizon.Window(instant, at => RangesOf(window, at));
        else if (!isPlain) horizon.AnyTime();
        _horizon = isPlain ? null : horizon;
        RangesOf(window, now);
        _horizon = horizon;
    }

    private static bool IsMoving(TimeReference? reference) =>
        reference is PeriodReference or ExpressionReference { Expression: BoundNow or BoundRelativeDay };

    private static bool IsPlain(TimeReference? reference) => reference switch
    {
        null or PeriodReference => true,
        ExpressionReference { Expression: BoundNow or BoundRelativeDay } => true,
        ExpressionReference { Expression: var expression } => !TimeHorizon.Moves(expression),
        _ => false,
    };

    private TimeRanges? RangesOf(TimeWindow window, long now)
    {
        if (IntervalOf(window.Reference, now) is not { } reference) return null;
        if (window.Comparison is { } comparison)
            return window.Count is not null && Value(window.Count) is long count
                ? TimeRanges.Of(window.Relation, comparison, count, window.Unit, reference) : null;
        if (window.Relation != TimeRelation.Between) return TimeRanges.Of(window.Relation, reference);
        return window.Second is not null && IntervalOf(window.Second, now) is { } second
            ? TimeRanges.Of(window.Relation, reference, second) : null;
    }

    private TimeInterval? IntervalOf(TimeReference reference, long now) => reference switch
    {
        PeriodReference period => TimeInterval.OfPeriod(now, period.Offset, period.Unit),
        ExpressionReference { Expression: BoundNow } => TimeInterval.At(now),
        ExpressionReference { Expression: BoundRelativeDay day } => TimeInterval.OfDay(Calendar.DayOf(now) + day.Offset),
        ExpressionReference { Expression: var expression } => Value(expression) switch
        {
            Timestamp timestamp => TimeInterval.At(timestamp.Milliseconds),
            Date date => TimeInterval.OfDay(date.Days),
            _ => null,
        },
        _ => throw new NotSupportedException($"The time reference {reference.GetType().Name} has no meaning here."),
    };

    private bool Chain(BoundChain node)
    {
        var events = new List<ChainEvent>();
        foreach (object? item in Items(node.Source))
        {
            _variables[node.Item] = item;
            if (ValueRules.ToInstant(Value(node.Timestamp)) is { } time) events.Add(new ChainEvent(item, time));
        }
        events.Sort((a, b) => a.Time.CompareTo(b.Time));
        return Follows(node, events, 0, previous: null);
    }

    /// <summary>
    /// True if the steps from <paramref name="index"/> on match after the previous step's time (null: from the beginning).
    /// </summary>
    private bool Follows(BoundChain node, List<ChainEvent> events, int index, long? previous)
    {
        if (index == node.Steps.Count) return true;
        BoundChainStep step = node.Steps[index];
        List<ChainEvent> matches = events.Where(candidate => (previous is null || candidate.Time > previous)
            && Matches(node, step, candidate, previous)).ToList();
        if (step.MaximumCount is null && step.MinimumCount > 0) return FollowsFromMatch(node, events, index, matches, step.MinimumCount);
        // A bounded count is taken over all matches after the previous step; what follows comes after the last of them.
        if (matches.Count < step.MinimumCount || matches.Count > (step.MaximumCount ?? int.MaxValue)) return false;
        _variables[step.Item] = matches.Count == 0 ? null : matches[^1].Item;
        return Follows(node, events, index + 1, matches.Count == 0 ? previous : matches[^1].Time);
    }

    // The n-th match is the step's event. Any later match may stand for it too: then n - 1 matches lie before it.
    private bool FollowsFromMatch(BoundChain node, List<ChainEvent> events, int index, List<ChainEvent> matches, int count)
    {
        for (int i = count - 1; i < matches.Count; i++)
        {
            _variables[node.Steps[index].Item] = matches[i].Item;
            if (Follows(node, events, index + 1, matches[i].Time)) return true;
        }
        return false;
    }

    private bool Matches(BoundChain node, BoundChainStep step, ChainEvent candidate, long? previous)
    {
        _variables[step.Item] = candidate.Item;
        if (!IsTrue(step.What)) return false;
        if (step.When is not null && !IsWithin(candidate.Time, step.When)) return false;
        if (step.Gap is null || previous is null) return true;
        if (Value(step.Gap.Count) is not long count) return false;
        long limit = Calendar.Shift(previous.Value, count, step.Gap.Unit);
        return ValueRules.Holds(step.Gap.Comparison, candidate.Time.CompareTo(limit));
    }

    private readonly record struct ChainEvent(object? Item, long Time);
}
