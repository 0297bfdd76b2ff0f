using Muster.Pql.Binding;
using Muster.Pql.Formatting;
using Muster.Pql.Time;

namespace Muster.Pql.Classification;

/// <summary>
/// Which queries can be evaluated as records come in: profile attributes alone; or one event within a day; or several events, each within a
/// day, in strict order, not all negated. Edge evaluation takes other segments too, but with an event only such as use attributes alone.
/// </summary>
internal static class StreamingRules
{
    private const long Day = Calendar.MillisecondsPerDay;

    public static IReadOnlyList<Obstacle> Streaming(BoundQuery query, EventUses events)
    {
        List<Obstacle> obstacles = [.. Common(query, events)];
        foreach (BoundInSegment segment in Segments(query))
            obstacles.Add(new Obstacle(ObstacleCodes.Segment, "Membership of another segment is known to batch and edge evaluation only.",
                segment.Span));
        return obstacles;
    }

    public static IReadOnlyList<Obstacle> Edge(BoundQuery query, EventUses events, Func<string, bool> usesProfileOnly)
    {
        List<Obstacle> obstacles = [.. Common(query, events)];
        if (events.Uses.Count == 0) return obstacles;
        foreach (BoundInSegment segment in Segments(query).Where(segment => !usesProfileOnly(segment.SegmentId)))
            obstacles.Add(new Obstacle(ObstacleCodes.Segment, "With an event, other segments have to use profile attributes alone.",
                segment.Span));
        return obstacles;
    }

    /// <summary>True for a window that moves with the instant.</summary>
    public static bool IsMoving(TimeWindow window) => IsMoving(window.Reference) || (window.Second is { } second && IsMoving(second));

    /// <summary>True if all of the window lies within the 24 hours before the instant.</summary>
    public static bool IsWithinADay(TimeWindow window) => window switch
    {
        { Relation: TimeRelation.On, Reference: PeriodReference { Offset: 0, Unit: <= TimeUnit.Day } } => true,
        { Relation: TimeRelation.On, Reference: PeriodReference { Offset: -1, Unit: <= TimeUnit.Hour } } => true,
        { Relation: TimeRelation.On, Reference: ExpressionReference { Expression: BoundNow or BoundRelativeDay { Offset: 0 } } } => true,
        {
            Relation: TimeRelation.After, Comparison: null,
            Reference: ExpressionReference { Expression: BoundRelativeDay { Offset: -1 } }
        } => true,
        { Relation: TimeRelation.Between, Reference: ExpressionReference { Expression: BoundRelativeDay { Offset: 0 } } } => true,
        {
            Relation: TimeRelation.Before, Comparison: ComparisonOperator.Less or ComparisonOperator.LessOrEqual,
            Reference: ExpressionReference { Expression: BoundNow }
        } =>
            IsAtMostADay(window),
        _ => false,
    };

    /// <summary>True if all of the window lies within the 24 hours after an event that is in such a window itself.</summary>
    public static bool IsWithinADayAfter(TimeWindow window, IReadOnlySet<Variable> near) =>
        window is
        {
            Relation: TimeRelation.After, Comparison: ComparisonOperator.Less or ComparisonOperator.LessOrEqual,
            Reference: ExpressionReference reference
        }
        && IsAtMostADay(window)
        && BoundTree.DescendantsAndSelf(reference.Expression).OfType<BoundVariable>().Any(variable => near.Contains(variable.Variable));

    private static bool IsMoving(TimeReference reference) => reference is PeriodReference
        || (reference is ExpressionReference { Expression: var expression }
            && BoundTree.DescendantsAndSelf(expression).Any(node => node is BoundNow or BoundRelativeDay));

    private static bool IsAtMostADay(TimeWindow window) =>
        window is { Count: BoundConstant { Value: long count }, Unit: <= TimeUnit.Week }
            && Calendar.Shift(0, count, window.Unit) is >= 0 and <= Day;

    private static IEnumerable<BoundInSegment> Segments(BoundQuery query) => BoundTree.DescendantsAndSelf(query.Body)
        .OfType<BoundInSegment>();

    private static IEnumerable<Obstacle> Common(BoundQuery query, EventUses events)
    {
        foreach (EventUse use in events.Uses)
        {
            if (use.Events == 0) yield return new Obstacle(ObstacleCodes.Frequency, "Events are counted or aggregated.", use.Span);
            foreach (var part in use.OpenParts)
                yield return new Obstacle(ObstacleCodes.Window, "The event has no window of at most 24 hours before now.", part);
        }
        if (events.Uses.Count(use => use.Events > 0) > 1)
            yield return new Obstacle(ObstacleCodes.Order, "Several events have to be in strict order: in one CHAIN.",
                events.Uses[^1].Span);
        if (events.Uses.Count > 0 && events.Uses.All(use => use.IsNegated))
            yield return new Obstacle(ObstacleCodes.Negation, "Every event is negated.", events.Uses[0].Span);
        foreach (BoundExpression node in BoundTree.DescendantsAndSelf(query.Body))
        {
            if (node is BoundMapValue { Key: BoundConstant { Value: "aam" }, Target: BoundField { Name: "segmentMembership" } })
                yield return new Obstacle(ObstacleCodes.Traits, "Traits of an audience manager come with batches.", node.Span);
        }
        foreach (Obstacle obstacle in WithoutYear(query)) yield return obstacle;
    }

    /// <summary>The month or day of a date whose year is not asked for.</summary>
    private static IEnumerable<Obstacle> WithoutYear(BoundQuery query)
    {
        BoundCall[] parts = BoundTree.DescendantsAndSelf(query.Body).OfType<BoundCall>().Where(call => call.Arguments.Count == 1).ToArray();
        HashSet<string> withYear = [.. parts.Where(call => call.Function == "getYear")
            .Select(call => BoundPrinter.Print(call.Arguments[0]))];
        return parts.Where(call => call.Function is "getMonth" or "getDayOfMonth" or "extractMonth" or "dayOfMonth"
            && !withYear.Contains(BoundPrinter.Print(call.Arguments[0])))
            .Select(call => new Obstacle(ObstacleCodes.IgnoreYear, "A date without its year changes the answer once a day.", call.Span))
                .Take(1);
    }
}
