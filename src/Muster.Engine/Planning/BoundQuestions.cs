using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

/// <summary>What planning asks of bound expressions without evaluating them.</summary>
internal static class BoundQuestions
{
    /// <summary>The variables that an expression uses and does not bind itself.</summary>
    public static HashSet<Variable> FreeVariables(BoundExpression expression)
    {
        var used = new HashSet<Variable>();
        var bound = new HashSet<Variable>();
        foreach (BoundExpression node in BoundTree.DescendantsAndSelf(expression))
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
        foreach (BoundExpression node in BoundTree.DescendantsAndSelf(expression))
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
        BoundTree.DescendantsAndSelf(expression).OfType<BoundInSegment>().Select(node => node.SegmentId).Distinct();

    /// <summary>True if whole numbers may go beyond 64 bits: they are added up, or computed of what is not known to be small.</summary>
    public static bool MayOverflow(BoundExpression expression) => BoundTree.DescendantsAndSelf(expression).Any(node =>
        node.Type.Kind == TypeKind.Integer && node switch
        {
            BoundArithmetic { Operator: ArithmeticOperator.Remainder } => false,
            BoundArithmetic arithmetic => !(IsSmall(arithmetic.Left) && IsSmall(arithmetic.Right)),
            BoundNegation negation => !IsSmall(negation.Operand),
            BoundAggregate { Function: Aggregate.Sum } => true,
            BoundCall call => call.Arguments.Any(argument => argument.Type.Kind == TypeKind.Integer),
            _ => false,
        });

    // Below 2^31: neither the sum nor the product of two such goes beyond.
    private static bool IsSmall(BoundExpression expression) => expression switch
    {
        BoundConstant { Value: long number } => number is > int.MinValue and < int.MaxValue,
        BoundAggregate { Function: not (Aggregate.Sum or Aggregate.Min or Aggregate.Max) } => true,
        BoundCall { Function: "getYear" or "getMonth" or "getDayOfMonth" or "currentYear" or "currentMonth" or "currentDayOfMonth" or "length" } => true,
        _ => false,
    };

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
}
