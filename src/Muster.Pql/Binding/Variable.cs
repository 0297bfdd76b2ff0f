using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>Where a variable gets its values from.</summary>
public enum VariableRole
{
    /// <summary>The profile: the one parameter of a query.</summary>
    Root,

    /// <summary>
    /// An element of an array or map: a clause variable, the current item of a filter or an element-wise argument, a chain's event.
    /// </summary>
    Element,

    /// <summary>The value of a <c>let</c>.</summary>
    Let,
}

/// <summary>A variable of a bound query. Compared by reference: each binding site makes its own.</summary>
/// <param name="name">As written; for messages only.</param>
/// <param name="type">The type of its values.</param>
/// <param name="role">Where its values come from.</param>
public sealed class Variable(string name, DataType type, VariableRole role)
{
    /// <summary>As written, or <c>this</c> for an implicit one; for messages only.</summary>
    public string Name { get; } = name;

    /// <summary>The type of its values.</summary>
    public DataType Type { get; } = type;

    /// <summary>Where its values come from.</summary>
    public VariableRole Role { get; } = role;
}

/// <summary>
/// One clause of a quantifier, select or aggregate: <c>Variable from Source where Predicate</c>. Method forms such as <c>a.exists(c)</c>
/// have one clause with the implicit item. <see cref="Source"/> may use the variables of earlier clauses, <see cref="Predicate"/> also its
/// own.
/// </summary>
/// <param name="Variable">The element.</param>
/// <param name="Source">An array (or map, whose elements are then its values); null counts as empty.</param>
/// <param name="Predicate">Boolean; null if there is no condition.</param>
public sealed record BoundClause(Variable Variable, BoundExpression Source, BoundExpression? Predicate);
