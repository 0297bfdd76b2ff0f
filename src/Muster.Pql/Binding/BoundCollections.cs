using Muster.Pql.Diagnostics;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>The quantifiers.</summary>
public enum Quantifier
{
    /// <summary><c>exists</c>: some binding satisfies every clause.</summary>
    Some,

    /// <summary><c>forall</c>: for every binding of the variables so far, each clause's condition holds; true for no binding.</summary>
    All,

    /// <summary>No binding satisfies every clause.</summary>
    None,

    /// <summary>Exactly one element of the first clause's array starts a satisfying binding.</summary>
    One,
}

/// <summary>A quantifier over one or more clauses; also <c>a.exists(c)</c>, <c>a.forall(c)</c> and existential comparison with an array.</summary>
public sealed record BoundQuantification(Quantifier Quantifier, IReadOnlyList<BoundClause> Clauses, TextSpan Span)
    : BoundExpression(DataType.Boolean, Span);

/// <summary>
/// <c>select</c>. With one clause an array of its elements (so <c>a[c]</c> and <c>a.filter(c)</c> bind to it too), with more an array of tuples.
/// </summary>
public sealed record BoundSelect(IReadOnlyList<BoundClause> Clauses, DataType Type, TextSpan Span) : BoundExpression(Type, Span);

/// <summary>The aggregate functions.</summary>
public enum Aggregate
{
    /// <summary>Items whose value is not null (with no value expression: items that are not null).</summary>
    Count,

    /// <summary>Sum; of nothing 0. Integer for Integer values, else Double.</summary>
    Sum,

    /// <summary>Mean; of nothing null. Double.</summary>
    Average,

    /// <summary>Least; of nothing null. Numbers, strings (ordinal), timestamps, dates.</summary>
    Min,

    /// <summary>Greatest; of nothing null.</summary>
    Max,

    /// <summary>All items, null ones too.</summary>
    CountWithNull,

    /// <summary>Items whose value is null.</summary>
    CountOnlyNull,

    /// <summary>Distinct values, null counting as one value.</summary>
    DistinctCountWithNull,
}

/// <summary>
/// An aggregate over all bindings of the clauses. Null values are skipped where the function says so. <paramref name="Value"/> is null when
/// the items of the only clause are aggregated themselves.
/// </summary>
public sealed record BoundAggregate(Aggregate Function, BoundExpression? Value, IReadOnlyList<BoundClause> Clauses, DataType Type, TextSpan Span)
    : BoundExpression(Type, Span);

/// <summary>
/// <c>a.map(e)</c>, and dot on an array when <paramref name="Flatten"/>: one value an element, in order; with Flatten nulls are
/// dropped and a value that is an array is spliced in.
/// </summary>
public sealed record BoundMapping(BoundExpression Source, Variable Item, BoundExpression Body, bool Flatten, DataType Type, TextSpan Span)
    : BoundExpression(Type, Span);

/// <summary>
/// <c>topN</c> (descending) and <c>bottomN</c> (ascending) by a key: stable, null keys last. <paramref name="Count"/> is Integer.
/// </summary>
public sealed record BoundRanking(BoundExpression Source, Variable Item, BoundExpression Key, BoundExpression Count, bool Descending, DataType Type, TextSpan Span)
    : BoundExpression(Type, Span);

/// <summary><c>a.head()</c>: the first element; null if there is none.</summary>
public sealed record BoundHead(BoundExpression Source, DataType Type, TextSpan Span) : BoundExpression(Type, Span);

/// <summary><c>a.distinct()</c>: first occurrences kept.</summary>
public sealed record BoundDistinct(BoundExpression Source, DataType Type, TextSpan Span) : BoundExpression(Type, Span);

/// <summary>The operations on two arrays (as sets). The tests are false if either side is null.</summary>
public enum SetOperation
{
    /// <summary>Some common member.</summary>
    Intersects,

    /// <summary>Common members in the receiver's order, distinct.</summary>
    Intersection,

    /// <summary>Each member of the left is in the right.</summary>
    SubsetOf,

    /// <summary>Each member of the right is in the left.</summary>
    SupersetOf,
}

/// <summary>A set operation on two arrays of scalars of one type.</summary>
public sealed record BoundSetOperation(SetOperation Operation, BoundExpression Left, BoundExpression Right, DataType Type, TextSpan Span)
    : BoundExpression(Type, Span);

/// <summary>
/// <c>groupBy</c>: an array, in order of first appearance, of objects <c>{key, items}</c>; items with a null key are dropped. <c>map</c> over it
/// binds to <see cref="BoundMapping"/> with the group as the item.
/// </summary>
public sealed record BoundGrouping(BoundExpression Source, Variable Item, BoundExpression Key, DataType Type, TextSpan Span)
    : BoundExpression(Type, Span);

/// <summary>A map made from groups: <c>g.map((K, G) => mapEntry(k, v))</c>. A later equal key replaces an earlier one; null keys are dropped.</summary>
public sealed record BoundMapConstruction(BoundExpression Source, Variable Item, BoundExpression Key, BoundExpression Value, DataType Type, TextSpan Span)
    : BoundExpression(Type, Span);
