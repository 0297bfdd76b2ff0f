using Muster.Pql.Binding;

namespace Muster.Services.Segmentation.Definitions;

/// <summary>Finds the segments that a query asks for with <c>inSegment</c>.</summary>
public static class SegmentReferences
{
    /// <summary>Their ids, each once, in the order in which they are written.</summary>
    public static IReadOnlyList<string> Of(BoundExpression expression)
    {
        var found = new List<string>();
        var open = new Stack<BoundExpression?>([expression]);
        while (open.TryPop(out BoundExpression? next))
        {
            if (next is BoundInSegment reference && !found.Contains(reference.SegmentId)) found.Add(reference.SegmentId);
            // The last child is pushed first, so that the first is looked at first.
            foreach (BoundExpression? child in Children(next).Reverse()) open.Push(child);
        }

        return found;
    }

    private static IEnumerable<BoundExpression?> Children(BoundExpression? expression) => expression switch
    {
        BoundDate e => [e.Year, e.Month, e.Day],
        BoundField e => [e.Target],
        BoundMapValue e => [e.Target, e.Key],
        BoundMapParts e => [e.Target],
        BoundConversion e => [e.Operand],
        BoundPresence e => [e.Operand],
        BoundNullTest e => [e.Operand],
        BoundEmptyTest e => [e.Operand],
        BoundLogical e => e.Operands,
        BoundNot e => [e.Operand],
        BoundComparison e => [e.Left, e.Right],
        BoundMembership e => [e.Value, e.Array],
        BoundArithmetic e => [e.Left, e.Right],
        BoundNegation e => [e.Operand],
        BoundConditional e => [e.Condition, e.WhenTrue, e.WhenFalse],
        BoundDefault e => [e.Value, e.Fallback],
        BoundStringTest e => [e.Target, e.Argument],
        BoundLet e => [e.Value, e.Body],
        BoundCall e => e.Arguments,
        BoundConstruction e => e.Elements,
        BoundQuantification e => Clauses(e.Clauses),
        BoundSelect e => Clauses(e.Clauses),
        BoundAggregate e => Clauses(e.Clauses).Append(e.Value),
        BoundMapping e => [e.Source, e.Body],
        BoundRanking e => [e.Source, e.Key, e.Count],
        BoundHead e => [e.Source],
        BoundDistinct e => [e.Source],
        BoundSetOperation e => [e.Left, e.Right],
        BoundGrouping e => [e.Source, e.Key],
        BoundMapConstruction e => [e.Source, e.Key, e.Value],
        BoundOccurs e => Window(e.Window).Prepend(e.Timestamp),
        BoundChain e => e.Steps.SelectMany(Step).Prepend(e.Timestamp).Prepend(e.Source),
        _ => [],
    };

    private static IEnumerable<BoundExpression?> Clauses(IReadOnlyList<BoundClause> clauses) => clauses.SelectMany(c => new[] { c.Source, c.Predicate });

    private static IEnumerable<BoundExpression?> Step(BoundChainStep step) =>
        (step.When is { } window ? Window(window) : []).Prepend(step.What).Append(step.Gap?.Count);

    private static IEnumerable<BoundExpression?> Window(TimeWindow window) => [window.Count, Reference(window.Reference), Reference(window.Second)];

    private static BoundExpression? Reference(TimeReference? reference) => (reference as ExpressionReference)?.Expression;
}
