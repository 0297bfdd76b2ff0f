using Muster.Engine.Nodes;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

/// <summary>Arrays that are sorted, freed of repetitions, compared or put together as text.</summary>
internal sealed partial class Lowering
{
    private Entered EnterRanking(BoundRanking ranking, Scope scope)
    {
        Slot ambient = scope.Current;
        Entered rows = EnterClause(ranking.Source, scope);
        RequireElements(rows.Slot, ambient);
        LoweredScalar key = ScalarOf(ranking.Key, rows.Scope.With(ranking.Item, rows.Item)), count = ScalarOf(ranking.Count, scope);
        if (IsNull(count) || count.Type.Kind != TypeKind.Integer) throw new NotVectorisedException("A number of places of an open type.");
        var rank = new RankNode(
            ambient.Domain, rows.Slot.Domain, Conditions(ambient, rows.Slot, rows.Conditions), Lift(key, rows.Slot), Lift(count, ambient),
                ranking.Descending,
            rows.Order is null ? null : Lift(rows.Order, rows.Slot));
        LoweredScalar place = Scalar(_graph.Add(rank), DataType.Integer, rows.Slot);
        return rows with { Conditions = [Valid(place)], Order = place };
    }

    /// <summary>The items that satisfy all tests, each value once.</summary>
    private Entered EnterDistinct(BoundExpression source, Scope scope, IReadOnlyList<Func<LoweredScalar, LoweredScalar>> tests)
    {
        Slot ambient = scope.Current;
        Entered rows = EnterClause(source, scope);
        RequireElements(rows.Slot, ambient);
        // Which of several equal values stays decides about their order.
        if (rows.Order is not null) throw new NotVectorisedException("Distinct values of a sorted array.");
        LoweredScalar value = rows.Item as LoweredScalar ?? throw new NotVectorisedException("Distinct objects.");
        List<LoweredScalar> conditions = [.. rows.Conditions,
            .. tests.Select(test => test(value with { Node = Lift(value, rows.Slot), Slot = rows.Slot }))];
        return rows with { Conditions = [FirstOccurrence(ambient, rows.Slot, conditions, value)] };
    }

    private LoweredScalar FirstOccurrence(Slot ambient, Slot rows, IReadOnlyList<LoweredScalar> conditions, LoweredScalar value) =>
        Bits(new FirstOccurrenceNode(ambient.Domain, rows.Domain, Conditions(ambient, rows, conditions), Lift(value, rows)), rows);

    /// <summary>Arrays are equal as sets; a comparison with a null array is false.</summary>
    private LoweredScalar ArraysEqual(BoundComparison node, Scope scope)
    {
        if (node.IgnoreCase) throw new NotVectorisedException("Arrays compared without regard to case.");
        LoweredScalar IsWithin(BoundExpression inner, BoundExpression outer) =>
            SetOperationOf(new BoundSetOperation(SetOperation.SubsetOf, inner, outer, DataType.Boolean, node.Span), scope);
        LoweredScalar areEqual = Combine(isAnd: true, [IsWithin(node.Left, node.Right), IsWithin(node.Right, node.Left)], scope.Current);
        if (node.Operator == ComparisonOperator.Equal) return areEqual;
        LoweredScalar IsThere(BoundExpression array) =>
            array is BoundConstant constant ? constant.Value is null ? False() : True() : ArrayPresent(array, scope);
        return Combine(isAnd: true, [IsThere(node.Left), IsThere(node.Right), Not(areEqual)], scope.Current);
    }

    private LoweredScalar JoinOf(BoundCall node, Scope scope)
    {
        if (node.Arguments is not [var array, var between] || between.Type.Kind != TypeKind.String)
            throw new NotVectorisedException("A function of an open type.");
        Slot ambient = Ambient(node, scope);
        Scope outer = scope with { Current = ambient };
        Entered rows = EnterClause(array, outer);
        RequireElements(rows.Slot, ambient);
        LoweredScalar item = rows.Item as LoweredScalar ?? throw new NotVectorisedException("Objects in a list.");
        LoweredScalar text = Convert(item, DataType.String), separator = ScalarOf(between, outer), isThere = ArrayPresent(array, outer);
        if (IsNull(text) || IsNull(separator)) throw new NotVectorisedException("A list of nothing.");
        var join = new JoinNode(
            ambient.Domain, rows.Slot.Domain, Conditions(ambient, rows.Slot, rows.Conditions), Lift(text, rows.Slot),
                Lift(separator, ambient), Lift(isThere, ambient),
            rows.Order is null ? null : Lift(rows.Order, rows.Slot));
        return Scalar(_graph.Add(join), DataType.String, ambient);
    }
}
