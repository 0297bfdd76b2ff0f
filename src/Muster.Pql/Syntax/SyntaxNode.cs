using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;

namespace Muster.Pql.Syntax;

/// <summary>
/// A node of a query as written, after sugar that has no meaning of its own is gone: both call styles are one, operators called as
/// functions are operators, brackets are in the shape of the tree. Text and JSON both come to this tree. Immutable.
/// </summary>
internal abstract record SyntaxNode(TextSpan Span)
{
    /// <summary>Direct parts, for walks that must not recurse.</summary>
    public virtual IEnumerable<SyntaxNode> Children => [];
}

/// <summary>null, bool, long, double or string.</summary>
internal sealed record LiteralSyntax(object? Value, TextSpan Span) : SyntaxNode(Span);

/// <summary>A bare name: a variable or a field of the current item.</summary>
internal sealed record NameSyntax(string Name, TextSpan Span) : SyntaxNode(Span);

/// <summary><c>^</c> levels out; <c>this</c> at level 0.</summary>
internal sealed record ItemSyntax(int Level, TextSpan Span) : SyntaxNode(Span);

/// <summary><c>$1</c>.</summary>
internal sealed record ParameterSyntax(int Position, TextSpan Span) : SyntaxNode(Span);

/// <summary><c>@{id}</c>.</summary>
internal sealed record ContextReferenceSyntax(string Id, TextSpan Span) : SyntaxNode(Span);

/// <summary><c>now</c> (null offset), or a day relative to today.</summary>
internal sealed record TimeWordSyntax(int? DayOffset, TextSpan Span) : SyntaxNode(Span);

internal sealed record MemberSyntax(SyntaxNode Target, string Name, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => [Target];
}

/// <summary>A call in either style: the receiver is the first argument.</summary>
internal sealed record CallSyntax(string Function, IReadOnlyList<SyntaxNode> Arguments, TextSpan Span) : SyntaxNode(Span)
{
    /// <summary>Where the function's name stands; empty if it does not.</summary>
    public TextSpan NameSpan { get; init; }

    public override IEnumerable<SyntaxNode> Children => Arguments;
}

/// <summary><c>a[c]</c> and <c>a.filter(c)</c>.</summary>
internal sealed record FilterSyntax(SyntaxNode Target, SyntaxNode Condition, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => [Target, Condition];
}

/// <summary><c>not</c> or, when <paramref name="IsNegation"/>, unary minus.</summary>
internal sealed record UnarySyntax(bool IsNegation, SyntaxNode Operand, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => [Operand];
}

/// <summary>Arithmetic, comparison, <c>like</c>, <c>matches</c>, <c>in</c>, <c>notIn</c> or <c>?:</c>.</summary>
internal sealed record BinarySyntax(string Operator, SyntaxNode Left, SyntaxNode Right, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => [Left, Right];
}

/// <summary>n-ary and / or; no operand is one of the same kind.</summary>
internal sealed record LogicalSyntax(bool IsAnd, IReadOnlyList<SyntaxNode> Operands, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => Operands;
}

internal sealed record ListSyntax(IReadOnlyList<SyntaxNode> Elements, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => Elements;
}

internal sealed record ObjectSyntax(IReadOnlyList<(string Name, SyntaxNode Value)> Fields, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => Fields.Select(f => f.Value);
}

internal sealed record LambdaSyntax(IReadOnlyList<string> Parameters, SyntaxNode Body, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => [Body];
}

internal sealed record LetSyntax(string Name, SyntaxNode Value, SyntaxNode Body, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => [Value, Body];
}

internal sealed record ClauseSyntax(string Variable, SyntaxNode Source, SyntaxNode? Condition, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => Condition is null ? [Source] : [Source, Condition];
}

internal sealed record SelectSyntax(IReadOnlyList<ClauseSyntax> Clauses, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => Clauses;
}

internal sealed record QuantificationSyntax(Quantifier Quantifier, IReadOnlyList<ClauseSyntax> Clauses, TextSpan Span) : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => Clauses;
}

/// <summary><c>sum e over clauses</c>; the function is one of <see cref="Keywords.Aggregates"/>.</summary>
internal sealed record AggregateSyntax(string Function, SyntaxNode? Value, IReadOnlyList<ClauseSyntax> Clauses, TextSpan Span)
    : SyntaxNode(Span)
{
    public override IEnumerable<SyntaxNode> Children => Value is null ? Clauses : [Value, .. Clauses];
}
