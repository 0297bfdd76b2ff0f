using System.Globalization;
using Muster.Engine.Values;
using Muster.Pql.Binding;
using Muster.Pql.Time;
using Calendar = Muster.Pql.Time.Calendar;

namespace Muster.Engine.Explanation;

/// <summary>Says how many elements are too few or too many, and until when more of them would do.</summary>
internal sealed class ElementMiss(BoundValues values, Wording wording, long asOf)
{
    private static readonly string[] Words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    /// <summary>A number of elements that satisfy a clause, and the number that there should be.</summary>
    /// <param name="clause">Which elements.</param>
    /// <param name="bindings">Of the variables around.</param>
    /// <param name="found">How many there are.</param>
    /// <param name="target">How many there should be; they differ.</param>
    /// <param name="closest">Names what keeps the closest element out; null if it is not to be named.</param>
    public Miss OfCount(BoundClause clause, Bindings bindings, long found, long target, NearestMiss? closest = null)
    {
        (List<BoundExpression> conditions, List<BoundOccurs> windows) = ConditionsOf(clause);
        long number = Math.Abs(target - found);
        string which = string.Join(" and ", conditions.Select(condition => wording.Of(condition)));
        string noun = NounOf(clause, number) + (which.Length == 0 ? "" : " with " + which);
        int changes = (int)Math.Min(number, int.MaxValue);
        if (target < found) return new Miss(changes, $"{Word(number)} {noun} too many");
        string until = DeadlineOf(clause, windows, bindings) is { } deadline ? " before " + Wording.OfInstant(deadline) : "";
        string more = found == 0 && closest is not null ? Word(number) : $"{Word(number)} more";
        return new Miss(changes, $"{more} {noun}{until}{ClosestOf(clause, bindings, closest)}");
    }

    /// <summary>The first element that does not satisfy what all should.</summary>
    public Miss? OfViolation(BoundClause clause, Bindings bindings, NearestMiss misses)
    {
        if (clause.Predicate is null) return null;
        IReadOnlyList<object?> items = values.Items(clause.Source, bindings);
        var failing = items.Where(item => !values.IsTrue(clause.Predicate, bindings.With(clause.Variable, item))).ToList();
        if (failing.Count == 0) return null;
        string why = misses.Of(clause.Predicate, bindings.With(clause.Variable, failing[0]),
            wanted: true)?.Text ?? wording.Of(clause.Predicate) + " must hold";
        return new Miss(failing.Count,
            $"{Word(failing.Count)} {NounOf(clause, failing.Count)} {(failing.Count == 1 ? "fails" : "fail")}: {why}");
    }

    private string ClosestOf(BoundClause clause, Bindings bindings, NearestMiss? misses)
    {
        if (misses is null || clause.Predicate is null) return "";
        (object? Item, Miss Miss)? closest = null;
        foreach (object? item in values.Items(clause.Source, bindings))
            if (misses.Of(clause.Predicate, bindings.With(clause.Variable, item), wanted: true) is { } miss
                && (closest is not { } best || miss.Changes < best.Miss.Changes)) closest = (item, miss);
        if (closest is not { } found) return "";
        string whose = ValueRules.ToInstant((found.Item as ObjectValue)?["timestamp"]) is { } time ? $"that of {Wording.OfInstant(time)}"
            : Wording.OfValue(found.Item);
        return $"; the closest is {whose}: {found.Miss.Text}";
    }

    // Conditions of the clause and of the filters within its source, windows of the event's own time apart.
    private static (List<BoundExpression> Conditions, List<BoundOccurs> Windows) ConditionsOf(BoundClause clause)
    {
        var conditions = new List<BoundExpression>();
        var windows = new List<BoundOccurs>();
        for (BoundClause? at = clause; at is not null; at = at.Source is BoundSelect { Clauses: [var inner] } ? inner : null)
        {
            foreach (BoundExpression condition in Conjuncts(at.Predicate))
            {
                if (condition is BoundOccurs { Timestamp: BoundField { Name: "timestamp", Target: BoundVariable item } } window
                    && item.Variable == at.Variable
                    && DeadlineOf(window.Window, 0, 0) is not null) windows.Add(window);
                else conditions.Add(condition);
            }
        }
        return (conditions, windows);
    }

    private static IEnumerable<BoundExpression> Conjuncts(BoundExpression? predicate) => predicate switch
    {
        null => [],
        BoundLogical { IsAnd: true } and => and.Operands.SelectMany(Conjuncts),
        _ => [predicate],
    };

    /// <summary>When the first of the elements that count now counts no more, or when no more of them can come.</summary>
    private long? DeadlineOf(BoundClause clause, List<BoundOccurs> windows, Bindings bindings)
    {
        if (windows.Count == 0) return null;
        List<(int Index, object? Item)> matching = new MatchedElements(values).Matching(clause, bindings, out _);
        long? oldest = matching.Select(found => ValueRules.ToInstant((found.Item as ObjectValue)?["timestamp"]))
            .Where(time => time is not null).Min();
        return windows.Select(window => DeadlineOf(window.Window, oldest, asOf)).Where(time => time is > 0 and < long.MaxValue).Min();
    }

    // "at most n units before now": an event counts for n units; "this month": until the month ends. MaxValue where there is no end yet.
    private static long? DeadlineOf(TimeWindow window, long? oldest, long now)
    {
        bool isWithin = window.Comparison is ComparisonOperator.Less or ComparisonOperator.LessOrEqual;
        bool isLastUnits = isWithin && window.Relation == TimeRelation.Before && window.Reference is ExpressionReference { Expression: BoundNow };
        if (isLastUnits && window.Count is BoundConstant { Value: long count })
            return oldest is { } time ? Calendar.Shift(time, count, window.Unit) : long.MaxValue;
        return window is { Relation: TimeRelation.On, Comparison: null, Reference: PeriodReference { Offset: 0 } period }
            ? TimeInterval.OfPeriod(now, 0, period.Unit).End
            : null;
    }

    private static string NounOf(BoundClause clause, long number)
    {
        string noun = Wording.NounOf(clause.Source);
        if (number == 1) return noun;
        return noun.StartsWith("element", StringComparison.Ordinal) ? "elements" + noun["element".Length..] : noun + "s";
    }

    private static string Word(long number) => number < Words.Length ? Words[number] : number.ToString(CultureInfo.InvariantCulture);
}
