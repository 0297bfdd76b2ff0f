namespace Muster.Pql.Binding;

/// <summary>Walks over bound trees.</summary>
public static class BoundTree
{
    /// <summary>A node and everything below it, in order of the text.</summary>
    public static IEnumerable<BoundExpression> DescendantsAndSelf(BoundExpression root)
    {
        Stack<BoundExpression> open = new([root]);
        while (open.TryPop(out BoundExpression? node))
        {
            yield return node;
            foreach (BoundExpression child in Children(node).Reverse()) open.Push(child);
        }
    }

    /// <summary>The direct parts of a node that are expressions themselves, those of clauses, windows and chain steps included.</summary>
    public static IEnumerable<BoundExpression> Children(BoundExpression node) => node switch
    {
        BoundDate date => [date.Year, date.Month, date.Day],
        BoundField field => [field.Target],
        BoundMapValue value => [value.Target, value.Key],
        BoundMapParts parts => [parts.Target],
        BoundConversion conversion => [conversion.Operand],
        BoundPresence presence => [presence.Operand],
        BoundNullTest test => [test.Operand],
        BoundEmptyTest test => [test.Operand],
        BoundLogical logical => logical.Operands,
        BoundNot not => [not.Operand],
        BoundComparison comparison => [comparison.Left, comparison.Right],
        BoundMembership membership => [membership.Value, membership.Array],
        BoundArithmetic arithmetic => [arithmetic.Left, arithmetic.Right],
        BoundNegation negation => [negation.Operand],
        BoundConditional conditional => [conditional.Condition, conditional.WhenTrue, conditional.WhenFalse],
        BoundDefault fallback => [fallback.Value, fallback.Fallback],
        BoundStringTest test => [test.Target, test.Argument],
        BoundLet let => [let.Value, let.Body],
        BoundCall call => call.Arguments,
        BoundConstruction construction => construction.Elements,
        BoundQuantification quantification => quantification.Clauses.SelectMany(OfClause),
        BoundSelect select => select.Clauses.SelectMany(OfClause),
        BoundAggregate { Value: { } value } aggregate => aggregate.Clauses.SelectMany(OfClause).Append(value),
        BoundAggregate aggregate => aggregate.Clauses.SelectMany(OfClause),
        BoundMapping mapping => [mapping.Source, mapping.Body],
        BoundRanking ranking => [ranking.Source, ranking.Key, ranking.Count],
        BoundHead head => [head.Source],
        BoundDistinct distinct => [distinct.Source],
        BoundSetOperation operation => [operation.Left, operation.Right],
        BoundGrouping grouping => [grouping.Source, grouping.Key],
        BoundMapConstruction map => [map.Source, map.Key, map.Value],
        BoundOccurs occurs => [occurs.Timestamp, .. OfWindow(occurs.Window)],
        BoundChain chain => [chain.Source, chain.Timestamp, .. chain.Steps.SelectMany(OfStep)],
        _ => [],
    };

    private static BoundExpression[] OfClause(BoundClause clause) => clause.Predicate is null ? [clause.Source]
        : [clause.Source, clause.Predicate];

    private static IEnumerable<BoundExpression> OfStep(BoundChainStep step)
    {
        if (step.Gap is not null) yield return step.Gap.Count;
        yield return step.What;
        if (step.When is null) yield break;
        foreach (BoundExpression part in OfWindow(step.When)) yield return part;
    }

    private static IEnumerable<BoundExpression> OfWindow(TimeWindow window)
    {
        if (window.Count is not null) yield return window.Count;
        if (window.Reference is ExpressionReference reference) yield return reference.Expression;
        if (window.Second is ExpressionReference second) yield return second.Expression;
    }
}
