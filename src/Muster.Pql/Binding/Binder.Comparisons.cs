using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;
using Muster.Pql.Functions;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>
/// Comparison, membership and string tests. The right side is brought to the type of the left; an array against one value asks whether some
/// element fits.
/// </summary>
internal sealed partial class Binder
{
    private BoundExpression Compare(ComparisonOperator @operator, BoundExpression left, BoundExpression right, bool ignoreCase,
        TextSpan span)
    {
        if (IsInvalid(left) || IsInvalid(right)) return new BoundConstant(false, DataType.Boolean, span);
        if (left.Type.Kind == TypeKind.Null || right.Type.Kind == TypeKind.Null)
            return AlwaysFalse(span, "A comparison with null is always false; use isNull() or isNotNull().");
        bool leftIsArray = left.Type.Kind == TypeKind.Array, rightIsArray = right.Type.Kind == TypeKind.Array;
        bool isEquality = @operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual;
        // For = and != an unknown value may well be the other array.
        bool mayBothBeArrays = isEquality && (left.Type.Kind == TypeKind.Unknown || right.Type.Kind == TypeKind.Unknown);
        if (leftIsArray != rightIsArray && !mayBothBeArrays)
        {
            return leftIsArray
                ? SomeElement(left, item => Compare(@operator, item, right, ignoreCase, span), span)
                : SomeElement(right, item => Compare(@operator, left, item, ignoreCase, span), span);
        }
        if (!TryAlign(ref left, ref right))
        {
            _diagnostics.Error(DiagnosticCodes.TypeMismatch, span, $"{Describe(right, left.Type)[..^1]}, so the two cannot be compared.");
            return new BoundConstant(false, DataType.Boolean, span);
        }
        if (!isEquality && !(left.Type.IsNumeric || left.Type.IsTemporal || left.Type.Kind is TypeKind.String or TypeKind.Unknown))
            return AlwaysFalse(span, $"Values of type {left.Type} have no order: the comparison is always false.");
        if (IsBetweenWholeNumbers(@operator, left, right)) AlwaysFalse(span, "A whole number is never equal to one with decimals.");
        return new BoundComparison(@operator, left, right, ignoreCase && left.Type.Kind == TypeKind.String, span);
    }

    private static bool IsBetweenWholeNumbers(ComparisonOperator @operator, BoundExpression left, BoundExpression right) =>
        @operator == ComparisonOperator.Equal
        && ((left is { Type.Kind: TypeKind.Integer } and not BoundArithmetic && right is BoundConstant { Value: double second }
            && Math.Floor(second) != second)
            || (right is { Type.Kind: TypeKind.Integer } and not BoundArithmetic && left is BoundConstant { Value: double first }
                && Math.Floor(first) != first));

    private BoundConstant AlwaysFalse(TextSpan span, string message)
    {
        _diagnostics.Warning(DiagnosticCodes.AlwaysFalse, span, message);
        return new BoundConstant(false, DataType.Boolean, span);
    }

    /// <summary>Brings both to types that can be compared.</summary>
    private static bool TryAlign(ref BoundExpression left, ref BoundExpression right)
    {
        DataType a = left.Type, b = right.Type;
        if (a.Equals(b) || (a.IsNumeric && b.IsNumeric)) return true;
        // A value of unknown type is read as what it is compared with; as a number of either kind, so that 4.5 stays above 4.
        if (a.Kind == TypeKind.Unknown) return TryReplace(ref left, b.IsNumeric ? DataType.Double : b);
        if (b.Kind == TypeKind.Unknown) return TryReplace(ref right, a.IsNumeric ? DataType.Double : a);
        if (a.IsTemporal && b.IsTemporal) return TryReplace(ref left, DataType.Timestamp) && TryReplace(ref right, DataType.Timestamp);
        if (a.IsNumeric && b.Kind == TypeKind.String)
        {
            BoundExpression? number = Coercion.TryConvertToNumber(right);
            right = number ?? right;
            return number is not null;
        }
        // The text of a time has no useful order, so a constant on the left takes the time's type.
        if (b.IsTemporal && left is BoundConstant && a.Kind == TypeKind.String && TryReplace(ref left, b)) return true;
        if (a.Kind == TypeKind.Array && b.Kind == TypeKind.Array && a.Element!.Kind == TypeKind.Unknown) return TryReplace(ref left, b);
        if (a.Kind is TypeKind.Object or TypeKind.Map && b.Kind is TypeKind.Object or TypeKind.Map) return true;
        return TryReplace(ref right, a);
    }

    private static bool TryReplace(ref BoundExpression expression, DataType to)
    {
        BoundExpression? converted = Coercion.TryConvert(expression, to);
        expression = converted ?? expression;
        return converted is not null;
    }

    /// <summary>
    /// Some element of the array fits. Over a path through arrays the quantifier takes the path's own elements: the nulls that the path
    /// drops are false for every test.
    /// </summary>
    private BoundQuantification SomeElement(BoundExpression array, Func<BoundExpression, BoundExpression> test, TextSpan span)
    {
        _diagnostics.Accepts(LenientForm.ArrayComparison, span);
        _diagnostics.Warning(DiagnosticCodes.ArrayComparison, span,
            "An array against one value asks whether some element fits; 'exists' says so.");
        List<BoundClause> clauses = [];
        BoundExpression value = array;
        while (value is BoundMapping { Flatten: true } mapping)
        {
            clauses.AddRange(ClausesOf(mapping.Source, mapping.Item));
            value = mapping.Body;
        }
        if (value.Type.Kind == TypeKind.Array)
        {
            Variable item = new("this", value.Type.Element!, VariableRole.Element);
            clauses.Add(new BoundClause(item, value, null));
            value = new BoundVariable(item, array.Span);
        }
        BoundExpression predicate = test(value);
        BoundClause last = clauses[^1];
        clauses[^1] = last with { Predicate = predicate };
        return new BoundQuantification(Quantifier.Some, clauses, span);
    }

    private static IEnumerable<BoundClause> ClausesOf(BoundExpression source, Variable item)
    {
        if (source is not BoundMapping { Flatten: true } inner || inner.Body.Type.Kind != TypeKind.Array)
            return [new BoundClause(item, source, null)];
        return ClausesOf(inner.Source, inner.Item).Append(new BoundClause(item, inner.Body, null));
    }

    private BoundExpression BindMembership(BoundExpression value, BoundExpression array, bool negated, bool ignoreCase, TextSpan span)
    {
        if (IsInvalid(value) || IsInvalid(array)) return new BoundConstant(false, DataType.Boolean, span);
        if (value.Type.Kind == TypeKind.Null || array.Type.Kind == TypeKind.Null)
            return AlwaysFalse(span, "Nothing is a member of, or with, null.");
        if (value.Type.Kind == TypeKind.Array && array.Type is not { Kind: TypeKind.Array, Element.Kind: TypeKind.Array })
            return SomeElement(value, item => BindMembership(item, array, negated, ignoreCase, span), span);
        if (!negated && array is BoundConstant { Value: IReadOnlyList<object?> { Count: 0 } }) return AlwaysFalse(span,
            "Nothing is in an empty list.");
        if (!TryAlignMembers(ref value, ref array))
        {
            _diagnostics.Error(DiagnosticCodes.TypeMismatch, span,
                $"Members of type {array.Type.Element ?? array.Type} cannot be compared with {value.Type}.");
            return new BoundConstant(false, DataType.Boolean, span);
        }
        return new BoundMembership(value, array, negated, ignoreCase && value.Type.Kind == TypeKind.String, span);
    }

    /// <summary>Makes the right side an array of the value's type.</summary>
    private static bool TryAlignMembers(ref BoundExpression value, ref BoundExpression array)
    {
        DataType member = array.Type.Kind switch
        {
            TypeKind.Array => array.Type.Element!,
            TypeKind.Map => DataType.Unknown,
            _ => array.Type,
        };
        if (array.Type.Kind == TypeKind.Map) return false;
        if (member.Kind == TypeKind.Null) member = DataType.Unknown;
        if (value.Type.IsNumeric && member.IsNumeric && value.Type.Kind != member.Kind) return Both(DataType.Double, ref value, ref array);
        if (value.Type.IsTemporal && member.IsTemporal && value.Type.Kind != member.Kind)
            return Both(DataType.Timestamp, ref value, ref array);
        if (value.Type.Kind == TypeKind.Unknown) return Both(member.IsNumeric ? DataType.Double : member, ref value, ref array);
        // Constants such as "4.5" for a whole number's field: as numbers of either kind.
        if (value.Type.Kind == TypeKind.Integer && !TryReplace(ref array, DataType.ArrayOf(DataType.Integer)))
            return Both(DataType.Double, ref value, ref array);
        return TryReplace(ref array, DataType.ArrayOf(value.Type));
    }

    private static bool Both(DataType type, ref BoundExpression value, ref BoundExpression array) =>
        TryReplace(ref value, type) && TryReplace(ref array, DataType.ArrayOf(type));

    private BoundExpression BindStringTest(
        StringTest test, BoundExpression target, BoundExpression argument, bool ignoreCase, bool negated, TextSpan span)
    {
        if (target.Type.Kind == TypeKind.Array)
            return SomeElement(target, item => BindStringTest(test, item, argument, ignoreCase, negated, span), span);
        if (argument.Type.Kind == TypeKind.Null || target.Type.Kind == TypeKind.Null)
            return AlwaysFalse(span, "A test of null is always false; use isNull() or isNotNull().");
        if (target.Type.Kind is not (TypeKind.String or TypeKind.Unknown))
        {
            _diagnostics.Error(DiagnosticCodes.TypeMismatch, target.Span, $"A string is needed here, this is of type {target.Type}.");
            return new BoundConstant(false, DataType.Boolean, span);
        }
        BoundExpression pattern = Convert(argument, DataType.String);
        if (test == StringTest.Matches) CheckRegex(pattern);
        return new BoundStringTest(test, Convert(target, DataType.String), pattern, ignoreCase, negated, span);
    }

    private void CheckRegex(BoundExpression pattern)
    {
        if (pattern is not BoundConstant { Value: string text }) return;
        if (!PqlRegex.TryCreate(text, ignoreCase: false, out PqlRegex? regex, out string? error))
            _diagnostics.Error(DiagnosticCodes.InvalidRegex, pattern.Span, $"The pattern is no regular expression: {error}");
        else if (!regex!.IsLinear)
            _diagnostics.Warning(DiagnosticCodes.CountedRegex, pattern.Span,
                "Look-around, back-references, atomic groups and possessive repetition are tried step by step; "
                + "in a text that takes too many steps the pattern is not found.");
    }
}
