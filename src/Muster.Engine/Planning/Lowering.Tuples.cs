using Muster.Engine.Nodes;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

/// <summary>Numbers over several variables: what the last variable yields is summed over the rows of the one before, and so on.</summary>
internal sealed partial class Lowering
{
    /// <summary>
    /// The rows that decide all that the clauses from <paramref name="index"/> on say: clauses that do not depend on the variables before
    /// them are evaluated once for what they do depend on.
    /// </summary>
    private Slot AmbientOf(IReadOnlyList<BoundClause> clauses, int index, Scope scope) =>
        Ambient(new BoundQuantification(Quantifier.Some, clauses.Skip(index).ToArray(), default), scope);

    /// <summary>The clauses of an aggregate over several variables, or of a count of tuples; null of another one.</summary>
    private static IReadOnlyList<BoundClause>? TuplesOf(BoundAggregate node) => node switch
    {
        { Clauses.Count: > 1 } => node.Clauses,
        { Clauses: [{ Predicate: null, Source: BoundSelect { Clauses.Count: > 1 } tuples } clause] } when node.Value is null
            || node.Value is BoundVariable item && item.Variable == clause.Variable => tuples.Clauses,
        _ => null,
    };

    private LoweredScalar TupleTotal(BoundAggregate node, IReadOnlyList<BoundClause> clauses, Scope scope)
    {
        Scope ambient = scope with { Current = Ambient(node, scope) };
        bool areTuples = clauses != node.Clauses;
        return node.Function switch
        {
            // A tuple is never null, whatever its parts are.
            Aggregate.Count or Aggregate.CountWithNull when areTuples => Total(clauses, 0, ambient, null),
            Aggregate.CountWithNull => Total(clauses, 0, ambient, null),
            Aggregate.Count => Total(clauses, 0, ambient, inner => PresentItem(node, clauses, inner)),
            _ when !areTuples => OverInnermost(node, ambient),
            _ => throw new NotVectorisedException("An aggregate over several variables."),
        };
    }

    private LoweredScalar PresentItem(BoundAggregate node, IReadOnlyList<BoundClause> clauses, Scope scope)
    {
        Lowered item = node.Value is null ? scope.Find(clauses[^1].Variable)! : Lower(node.Value, scope);
        return item is LoweredScalar or LoweredRow ? Present(item) : throw new NotVectorisedException("Arrays as items.");
    }

    /// <summary>The number of bindings of the clauses from <paramref name="index"/> on that satisfy all of them.</summary>
    private LoweredScalar Total(IReadOnlyList<BoundClause> clauses, int index, Scope scope, Func<Scope, LoweredScalar>? counts)
    {
        bool isLast = index == clauses.Count - 1;
        Entered rows = EnterClause(clauses[index].Source, scope);
        Scope inner = rows.Scope.With(clauses[index].Variable, rows.Item);
        List<LoweredScalar> conditions = [.. rows.Conditions, Holds(clauses[index], inner)];
        if (isLast) return CountRows(scope.Current, rows.Slot, counts is null ? conditions : [.. conditions, counts(inner)]);
        Slot ambient = counts is null ? AmbientOf(clauses, index + 1, inner) : inner.Current;
        LoweredScalar weight = Total(clauses, index + 1, inner with { Current = ambient }, counts);
        return Scalar(
            rows.Slot.Domain.IsPairs
                ? PairsCount(scope.Current, rows.Slot, conditions, existsOnly: false, weight)
                : Summed(scope.Current, rows.Slot, conditions, weight, ValueKind.Int64),
            DataType.Integer, scope.Current);
    }

    /// <summary>
    /// Where each clause walks over parts of the one before, the rows of the last clause are the bindings, in their order.
    /// </summary>
    private LoweredScalar OverInnermost(BoundAggregate node, Scope ambient)
    {
        Scope at = ambient;
        var conditions = new List<LoweredScalar>();
        Entered? rows = null;
        foreach (BoundClause clause in node.Clauses)
        {
            rows = EnterClause(clause.Source, at);
            if (rows.Slot.Domain.IsPairs || rows.Order is not null) throw new NotVectorisedException("An aggregate over pairs.");
            at = rows.Scope.With(clause.Variable, rows.Item);
            conditions.AddRange(rows.Conditions);
            conditions.Add(Holds(clause, at));
        }
        return AggregateRows(node, ambient.Current, rows!, conditions, node.Value is null ? rows!.Item : Lower(node.Value, at));
    }

    private Node Summed(Slot ambient, Slot rows, List<LoweredScalar> conditions, LoweredScalar value, ValueKind kind) =>
        _graph.Add(new AggregateNode(ambient.Domain, rows.Domain, Aggregate.Sum, Conditions(ambient, rows, conditions), Lift(value, rows), kind));
}
