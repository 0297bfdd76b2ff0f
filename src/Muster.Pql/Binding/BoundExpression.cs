using Muster.Pql.Diagnostics;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>
/// A node of a bound query: names are resolved, types known, coercions explicit, sugar gone. The interpreter and the engine both start
/// here,
/// so a rule that the binder applies (method forms, existential comparison, implicit <c>this</c>) has one meaning. Immutable.
/// </summary>
/// <param name="Type">The static type of the value; <see cref="DataType.Unknown"/> if there is none.</param>
/// <param name="Span">Where in the text it came from.</param>
public abstract record BoundExpression(DataType Type, TextSpan Span);

/// <summary>
/// A constant. The value is null, bool, long, double, string; for Timestamp a long (milliseconds since the epoch), for Date a long (days
/// since
/// the epoch), for an array an <c>IReadOnlyList&lt;object?&gt;</c> of those.
/// </summary>
public sealed record BoundConstant(object? Value, DataType Type, TextSpan Span) : BoundExpression(Type, Span);

/// <summary>The run's instant: a Timestamp that the evaluation is given, never read from a clock.</summary>
public sealed record BoundNow(TextSpan Span) : BoundExpression(DataType.Timestamp, Span);

/// <summary><c>today</c> (0), <c>yesterday</c> (-1), <c>tomorrow</c> (1): a Date relative to the run's instant.</summary>
public sealed record BoundRelativeDay(int Offset, TextSpan Span) : BoundExpression(DataType.Date, Span);

/// <summary><c>date(y, m, d)</c> with arguments that are not all literals (literals fold to a constant); an impossible date is
/// null.</summary>
public sealed record BoundDate(BoundExpression Year, BoundExpression Month, BoundExpression Day, TextSpan Span)
    : BoundExpression(DataType.Date, Span);

/// <summary>The value of a variable.</summary>
public sealed record BoundVariable(Variable Variable, TextSpan Span) : BoundExpression(Variable.Type, Span);

/// <summary>A field of an object; null if the object is.</summary>
public sealed record BoundField(BoundExpression Target, string Name, DataType Type, TextSpan Span) : BoundExpression(Type, Span);

/// <summary>The value of a map under a key; null if absent. <c>m.key</c> and <c>m.get("key")</c> both bind to it.</summary>
public sealed record BoundMapValue(BoundExpression Target, BoundExpression Key, DataType Type, TextSpan Span) : BoundExpression(Type, Span);

/// <summary><c>m.keys()</c> (an array of strings) or, with <paramref name="Values"/>, <c>m.values()</c>; null map gives an empty
/// array.</summary>
public sealed record BoundMapParts(BoundExpression Target, bool Values, DataType Type, TextSpan Span) : BoundExpression(Type, Span);

/// <summary>An explicit coercion to <see cref="BoundExpression.Type"/>; null if the value cannot be converted.</summary>
public sealed record BoundConversion(BoundExpression Operand, DataType Type, TextSpan Span) : BoundExpression(Type, Span);

/// <summary>
/// The value of a non-Boolean in a Boolean position: present, and for arrays non-empty. A Boolean operand is never wrapped,
/// though its null too is false there. A Boolean that turns up in an operand of unknown type counts as itself.
/// </summary>
public sealed record BoundPresence(BoundExpression Operand, TextSpan Span) : BoundExpression(DataType.Boolean, Span);

/// <summary><c>isNull()</c> / <c>isNotNull()</c>: never null.</summary>
public sealed record BoundNullTest(BoundExpression Operand, bool Negated, TextSpan Span) : BoundExpression(DataType.Boolean, Span);

/// <summary><c>isEmpty()</c> / <c>isNotEmpty()</c>: of a string, array or map; null is empty.</summary>
public sealed record BoundEmptyTest(BoundExpression Operand, bool Negated, TextSpan Span) : BoundExpression(DataType.Boolean, Span);

/// <summary>n-ary <c>and</c> (<paramref name="IsAnd"/>) or <c>or</c>; a null operand is false. At least two operands.</summary>
public sealed record BoundLogical(bool IsAnd, IReadOnlyList<BoundExpression> Operands, TextSpan Span)
    : BoundExpression(DataType.Boolean, Span);

/// <summary><c>not</c>: true for a false or null operand.</summary>
public sealed record BoundNot(BoundExpression Operand, TextSpan Span) : BoundExpression(DataType.Boolean, Span);

/// <summary>The comparison operators.</summary>
public enum ComparisonOperator
{
    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,
}

/// <summary>
/// A comparison of two values that the binder brought to comparable types: both numeric (of either kind), both String, Boolean, Timestamp
/// or
/// Date, or, for = and != only, both Object or Array (arrays as sets, reference 8). False if either is null. Strings compare by UTF-16 code
/// units; <paramref name="IgnoreCase"/> means ordinal-ignore-case and occurs with = and != only.
/// </summary>
public sealed record BoundComparison(ComparisonOperator Operator, BoundExpression Left, BoundExpression Right, bool IgnoreCase,
    TextSpan Span)
    : BoundExpression(DataType.Boolean, Span);

/// <summary>
/// <c>value in array</c>, <c>equals(a, b, ...)</c>, <c>includes</c>; <paramref name="Negated"/> for <c>notIn</c> and <c>notEqualTo</c>. The
/// elements of the array are of the value's type. False, also when negated, if either side is null.
/// </summary>
public sealed record BoundMembership(BoundExpression Value, BoundExpression Array, bool Negated, bool IgnoreCase, TextSpan Span)
    : BoundExpression(DataType.Boolean, Span);

/// <summary>The arithmetic operators.</summary>
public enum ArithmeticOperator
{
    /// <summary><c>+</c>; on two strings concatenation.</summary>
    Add,

    /// <summary><c>-</c></summary>
    Subtract,

    /// <summary><c>*</c></summary>
    Multiply,

    /// <summary><c>/</c>: always Double; null by zero.</summary>
    Divide,

    /// <summary><c>%</c>: null by zero.</summary>
    Remainder,
}

/// <summary>
/// Arithmetic; null if an operand is. Type Integer (both Integer: a result beyond 64 bits goes on as the nearest Double), Double, or
/// String for
/// concatenation.
/// </summary>
public sealed record BoundArithmetic(ArithmeticOperator Operator, BoundExpression Left, BoundExpression Right, DataType Type, TextSpan Span)
    : BoundExpression(Type, Span);

/// <summary>Unary minus.</summary>
public sealed record BoundNegation(BoundExpression Operand, DataType Type, TextSpan Span) : BoundExpression(Type, Span);

/// <summary><c>if(c, a, b)</c>: b for a null condition.</summary>
public sealed record BoundConditional(BoundExpression Condition, BoundExpression WhenTrue, BoundExpression WhenFalse, DataType Type,
    TextSpan Span)
    : BoundExpression(Type, Span);

/// <summary><c>a ?: b</c>: b when a is null or the empty string.</summary>
public sealed record BoundDefault(BoundExpression Value, BoundExpression Fallback, DataType Type, TextSpan Span)
    : BoundExpression(Type, Span);

/// <summary>The tests of one string against another.</summary>
public enum StringTest
{
    /// <summary>Begins with it.</summary>
    StartsWith,

    /// <summary>Ends with it.</summary>
    EndsWith,

    /// <summary>Holds it.</summary>
    Contains,

    /// <summary><c>like</c>: % any run, _ one character, backslash escapes; anchored at both ends.</summary>
    Like,

    /// <summary><c>matches</c>: regular expression of Java's syntax, unanchored search.</summary>
    Matches,
}

/// <summary>A string test; false, also when negated, if either side is null. Ordinal, or ordinal-ignore-case.</summary>
public sealed record BoundStringTest(StringTest Test, BoundExpression Target, BoundExpression Argument, bool IgnoreCase, bool Negated,
    TextSpan Span)
    : BoundExpression(DataType.Boolean, Span);

/// <summary><c>let v = value in body</c>.</summary>
public sealed record BoundLet(Variable Variable, BoundExpression Value, BoundExpression Body, TextSpan Span)
    : BoundExpression(Body.Type, Span);

/// <summary><c>inSegment("id")</c>: the id is resolved by whoever evaluates; an unknown one is false.</summary>
public sealed record BoundInSegment(string SegmentId, TextSpan Span) : BoundExpression(DataType.Boolean, Span);

/// <summary>A call of a function that has no node of its own: scalar in, scalar out, by its catalogue entry's name (<c>getMonth</c>,
/// <c>regexGroup</c>, ...).</summary>
public sealed record BoundCall(string Function, IReadOnlyList<BoundExpression> Arguments, DataType Type, TextSpan Span)
    : BoundExpression(Type, Span);

/// <summary>A list whose elements are not all constants, or an object literal when <paramref name="Names"/> is given (one name an
/// element).</summary>
public sealed record BoundConstruction(IReadOnlyList<BoundExpression> Elements, IReadOnlyList<string>? Names, DataType Type, TextSpan Span)
    : BoundExpression(Type, Span);
