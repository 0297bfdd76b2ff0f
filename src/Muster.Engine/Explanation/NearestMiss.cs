using Muster.Pql.Binding;

namespace Muster.Engine.Explanation;

/// <summary>What would have to be different: so many changes of the data, and how to say them.</summary>
internal sealed record Miss(int Changes, string Text);

/// <summary>Finds the least that would make a part of a query true, or false where a negation wants that.</summary>
internal sealed class NearestMiss(BoundValues values, Wording wording, long asOf)
{
    /// <summary>The nearest miss of a part; null if it is as wanted, or if nothing near can be named.</summary>
    public Miss? Of(BoundExpression expression, Bindings bindings, bool wanted)
    {
        if (values.IsTrue(expression, bindings) == wanted) return null;
        return expression switch
        {
            BoundLogical logical => OfLogical(logical, bindings, wanted),
            BoundNot not => Of(not.Operand, bindings, !wanted),
            BoundLet let => Of(let.Body, bindings.With(let.Variable, values.Of(let.Value, bindings)), wanted),
            BoundConditional conditional =>
                Of(values.IsTrue(conditional.Condition, bindings) ? conditional.WhenTrue : conditional.WhenFalse, bindings, wanted),
            BoundPresence presence when presence.Operand is BoundLogical or BoundNot or BoundQuantification =>
                Of(presence.Operand, bindings, wanted),
            BoundComparison comparison => OfComparison(comparison, bindings, wanted),
            BoundQuantification quantification => OfQuantification(quantification, bindings, wanted),
            BoundPresence { Operand: BoundSelect { Clauses: [var clause] } } when wanted => Elements().OfCount(clause, bindings, 0, 1),
            BoundChain chain when wanted => new ChainMiss(values, wording).Of(chain, bindings),
            BoundInSegment segment => new Miss(1, $"it must {(wanted ? "" : "not ")}be a member of segment {segment.SegmentId}"),
            _ => Plain(expression, bindings, wanted),
        };
    }

    private ElementMiss Elements() => new(values, wording, asOf);

    private Miss? OfLogical(BoundLogical node, Bindings bindings, bool wanted)
    {
        List<Miss?> misses = node.Operands.Where(operand => values.IsTrue(operand, bindings) != wanted)
            .Select(operand => Of(operand, bindings, wanted)).ToList();
        if (node.IsAnd != wanted) return misses.OfType<Miss>().MinBy(miss => miss.Changes);
        if (misses.Contains(null)) return null;
        return new Miss(misses.Sum(miss => miss!.Changes), string.Join(", and ", misses.Select(miss => miss!.Text)));
    }

    private Miss OfComparison(BoundComparison node, Bindings bindings, bool wanted)
    {
        ComparisonOperator comparison = wanted ? node.Operator : Opposite(node.Operator);
        object? left = values.Of(node.Left, bindings), right = values.Of(node.Right, bindings);
        (BoundExpression value, BoundExpression bound) = node.Left is BoundConstant
            && node.Right is not BoundConstant ? (node.Right, node.Left) : (node.Left, node.Right);
        if (value == node.Right) (left, right, comparison) = (right, left, Mirror(comparison));
        if (CountOf(value) is { } clause && left is long found && right is long limit)
            return Elements().OfCount(clause, bindings, found, Target(comparison, limit));
        string subject = left is null ? $"{wording.Of(value)} has no value" : $"{wording.Of(value)} is {Wording.OfValue(left)}";
        string side = bound is BoundConstant ? Wording.OfValue(right) : $"{wording.Of(bound)}, which is {Wording.OfValue(right)}";
        return new Miss(1, $"{subject} and must be {Words(comparison)}{side}");
    }

    /// <summary>The elements that a number counts; null if it counts nothing.</summary>
    private static BoundClause? CountOf(BoundExpression expression) => expression switch
    {
        BoundAggregate { Function: Aggregate.Count or Aggregate.CountWithNull, Clauses: [var clause] } => clause,
        BoundConversion conversion => CountOf(conversion.Operand),
        _ => null,
    };

    private Miss? OfQuantification(BoundQuantification node, Bindings bindings, bool wanted)
    {
        BoundClause clause = node.Clauses[0];
        bool isNone = node.Quantifier == Quantifier.None;
        if (node.Quantifier is Quantifier.All)
            return wanted && node.Clauses.Count == 1 ? Elements().OfViolation(clause, bindings, this) : Plain(node, bindings, wanted);
        if (node.Clauses.Count > 1) return Plain(node, bindings, wanted);
        int found = new MatchedElements(values).Matching(clause, bindings, out _).Count;
        long target = node.Quantifier == Quantifier.One ? wanted ? 1 : found + 1 : wanted != isNone ? 1 : 0;
        return Elements().OfCount(clause, bindings, found, target, found == 0 ? this : null);
    }

    private Miss Plain(BoundExpression expression, Bindings bindings, bool wanted)
    {
        string what = wanted ? "must hold" : "must not hold";
        BoundExpression? asked = expression switch
        {
            BoundStringTest test => test.Target,
            BoundMembership member => member.Value,
            BoundOccurs occurs => occurs.Timestamp,
            BoundNullTest test => test.Operand,
            BoundEmptyTest test => test.Operand,
            _ => null,
        };
        if (asked is null) return new Miss(1, $"{wording.Of(expression)} {what}");
        object? value = values.Of(asked, bindings);
        return new Miss(1,
            $"{wording.Of(asked)} {(value is null ? "has no value" : "is " + Wording.OfValue(value))}, but {wording.Of(expression)} {what}");
    }

    private static long Target(ComparisonOperator comparison, long limit) => comparison switch
    {
        ComparisonOperator.Less => limit - 1,
        ComparisonOperator.Greater or ComparisonOperator.NotEqual => limit + 1,
        _ => limit,
    };

    private static string Words(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => "",
        ComparisonOperator.NotEqual => "other than ",
        ComparisonOperator.Less => "less than ",
        ComparisonOperator.LessOrEqual => "at most ",
        ComparisonOperator.Greater => "more than ",
        _ => "at least ",
    };

    private static ComparisonOperator Opposite(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => ComparisonOperator.NotEqual,
        ComparisonOperator.NotEqual => ComparisonOperator.Equal,
        ComparisonOperator.Less => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.LessOrEqual => ComparisonOperator.Greater,
        ComparisonOperator.Greater => ComparisonOperator.LessOrEqual,
        _ => ComparisonOperator.Less,
    };

    private static ComparisonOperator Mirror(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Less => ComparisonOperator.Greater,
        ComparisonOperator.LessOrEqual => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.Greater => ComparisonOperator.Less,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.LessOrEqual,
        _ => comparison,
    };
}
