using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

/// <summary>
/// A chain as a quantification with a variable for each step: for conditions on labels of earlier steps, gaps of calendar units, and
/// arrays that are not stored in the order of time, which one walk over sorted events cannot decide.
/// </summary>
internal static class NestedChain
{
    /// <summary>The same chain as nested clauses; null if a step counts, or its gap is no distance.</summary>
    public static BoundQuantification? Of(BoundChain chain)
    {
        var clauses = new List<BoundClause>();
        foreach (BoundChainStep step in chain.Steps)
        {
            if (step is not { MinimumCount: 1, MaximumCount: null } || TimeOf(chain.Timestamp, chain.Item, step.Item) is not { } time) return null;
            var conditions = new List<BoundExpression>();
            if (clauses.Count == 0)
            {
                conditions.Add(new BoundNullTest(time, Negated: true, chain.Span));
            }
            else
            {
                BoundExpression before = TimeOf(chain.Timestamp, chain.Item, clauses[^1].Variable)!;
                conditions.Add(new BoundComparison(ComparisonOperator.Greater, time, before, IgnoreCase: false, chain.Span));
                if (step.Gap is { Comparison: ComparisonOperator.Equal or ComparisonOperator.NotEqual }) return null;
                if (step.Gap is { } gap)
                    conditions.Add(new BoundOccurs(time, new TimeWindow(
                        TimeRelation.After, gap.Comparison, gap.Count, gap.Unit, new ExpressionReference(before), null, chain.Span), chain.Span));
            }
            if (step.When is { } window) conditions.Add(new BoundOccurs(time, window, chain.Span));
            conditions.Add(step.What);
            clauses.Add(new BoundClause(step.Item, chain.Source, new BoundLogical(IsAnd: true, conditions, chain.Span)));
        }
        return new BoundQuantification(Quantifier.Some, clauses, chain.Span);
    }

    // The time of another element of the same array: a path of fields, perhaps converted.
    private static BoundExpression? TimeOf(BoundExpression time, Variable item, Variable other) => time switch
    {
        BoundVariable variable when variable.Variable == item => new BoundVariable(other, variable.Span),
        BoundField field when TimeOf(field.Target, item, other) is { } target => field with { Target = target },
        BoundConversion { Type.Kind: TypeKind.Timestamp } conversion when TimeOf(conversion.Operand, item, other) is { } operand =>
            conversion with { Operand = operand },
        _ => null,
    };
}
