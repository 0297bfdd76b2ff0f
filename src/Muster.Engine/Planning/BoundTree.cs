using Muster.Pql.Binding;

namespace Muster.Engine.Planning;

/// <summary>Walks bound queries without evaluating them.</summary>
internal static class BoundTree
{
    /// <summary>The variables that an expression uses and does not bind itself.</summary>
    public static HashSet<Variable> FreeVariables(BoundExpression expression)
    {
        var used = new HashSet<Variable>();
        var bound = new HashSet<Variable>();
        foreach (BoundExpression node in SelfAndDescendants(expression))
        {
            if (node is BoundVariable variable) used.Add(variable.Variable);
            bound.UnionWith(BoundBy(node));
        }
        // Each binding site has variables of its own, so what is bound anywhere inside is bound.
        used.ExceptWith(bound);
        return used;
    }

    /// <summary>The root's fields that an expression reads; null if it uses the root as a whole.</summary>
    public static IReadOnlySet<string>? FieldsOf(Variable root, BoundExpression expression)
    {
        var fields = new HashSet<string>(StringComparer.Ordinal);
        var covered = new HashSet<BoundExpression>(ReferenceEqualityComparer.Instance);
        foreach (BoundExpression node in SelfAndDescendants(expression))
        {
            if (node is BoundField { Target: BoundVariable target } field && target.Variable == root)
            {
                fields.Add(field.Name);
                covered.Add(target);
            }
            else if (node is BoundVariable variable && variable.Variable == root && !covered.Contains(variable)) return null;
        }
        return fields;
    }

    /// <summary>The segments that an expression asks for membership.</summary>
    public static IEnumerable<string> SegmentsOf(BoundExpression expression) =>
        SelfAndDescendants(expression).OfType<BoundInSegment>().Select(node => node.SegmentId).Distinct();

    /// <summary>Parents come before their children.</summary>
    public static IEnumerable<BoundExpression> SelfAndDescendants(BoundExpression expression)
    {
        var open = new Stack<BoundExpression>();
        open.Push(expression);
        while (open.TryPop(out BoundExpression? node))
        {
            yield return node;
            foreach (BoundExpression child in Children(node)) open.Push(child);
        }
    }

    private static IEnumerable<Variable> BoundBy(BoundExpression node) => node switch
    {
        BoundLet let => [let.Variable],
        BoundQuantification quantification => quantification.Clauses.Select(c => c.Variable),
        BoundSelect select => select.Clauses.Select(c => c.Variable),
        BoundAggregate aggregate => aggregate.Clauses.Select(c => c.Variable),
        BoundMapping mapping => [mapping.Item],
        BoundRanking ranking => [ranking.Item],
        BoundGrouping grouping => [grouping.Item],
        BoundMapConstruction map => [map.Item],
        BoundChain chain => chain.Steps.Select(s => s.Item).Append(chain.Item),
        _ => [],
    };

    private static IEnumerable<BoundExpression> Children(BoundExpression node) => node switch
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
        BoundOccurs occurs => [occurs.Timestamp, .. Parts(occurs.Window)],
        BoundChain chain => [chain.Source, chain.Timestamp, .. chain.Steps.SelectMany(Parts)],
        BoundQuantification quantification => Parts(quantification.Clauses),
        BoundSelect select => Parts(select.Clauses),
        BoundAggregate aggregate => aggregate.Value is null ? Parts(aggregate.Clauses) : [aggregate.Value, .. Parts(aggregate.Clauses)],
        BoundMapping mapping => [mapping.Source, mapping.Body],
        BoundRanking ranking => [ranking.Source, ranking.Key, ranking.Count],
        BoundHead head => [head.Source],
        BoundDistinct distinct => [distinct.Source],
        BoundSetOperation operation => [operation.Left, operation.Right],
        BoundGrouping grouping => [grouping.Source, grouping.Key],
        BoundMapConstruction map => [map.Source, map.Key, map.Value],
        _ => [],
    };

    private static IEnumerable<BoundExpression> Parts(IReadOnlyList<BoundClause> clauses) =>
        clauses.SelectMany(c => c.Predicate is null ? new[] { c.Source } : [c.Source, c.Predicate]);

    private static IEnumerable<BoundExpression> Parts(TimeWindow window) =>
        new[] { window.Count, (window.Reference as ExpressionReference)?.Expression, (window.Second as ExpressionReference)?.Expression }.OfType<BoundExpression>();

    private static IEnumerable<BoundExpression> Parts(BoundChainStep step) =>
        [step.What, .. step.When is null ? [] : Parts(step.When), .. step.Gap is null ? Array.Empty<BoundExpression>() : [step.Gap.Count]];
}
