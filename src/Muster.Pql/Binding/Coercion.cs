using Muster.Pql.Diagnostics;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>Brings bound expressions to a wanted type; constants are converted at once.</summary>
internal static class Coercion
{
    /// <summary>The expression as a value of the type; null if that is impossible for any (or, with a constant, this) value.</summary>
    public static BoundExpression? TryConvert(BoundExpression expression, DataType to)
    {
        if (expression.Type.Equals(to) || to.Kind == TypeKind.Unknown) return expression;
        if (expression is BoundConstant constant) return TryConvertConstant(constant, to);
        if (!ScalarConversion.Exists(expression.Type, to)) return null;
        if (to.Kind == TypeKind.Array && (expression.Type.IsScalar || expression.Type.Kind == TypeKind.Object))
            return TryConvert(expression, to.Element!) is { } element ? new BoundConstruction([element], null, to, expression.Span) : null;
        return new BoundConversion(expression, to, expression.Span);
    }

    /// <summary>As a number of either kind.</summary>
    public static BoundExpression? TryConvertToNumber(BoundExpression expression)
    {
        if (expression.Type.IsNumeric) return expression;
        if (expression.Type.Kind is not (TypeKind.Unknown or TypeKind.String or TypeKind.Null)) return null;
        BoundExpression? exact = expression is BoundConstant ? TryConvert(expression, DataType.Double) : null;
        if (exact is BoundConstant { Value: double number } && Math.Truncate(number) == number
            && TryConvert(expression, DataType.Integer) is { } integer)
            return integer;
        return expression is BoundConstant ? exact : TryConvert(expression, DataType.Double);
    }

    /// <summary>The value in a Boolean position.</summary>
    public static BoundExpression ToBoolean(BoundExpression expression) => expression switch
    {
        { Type.Kind: TypeKind.Boolean } => expression,
        BoundConstant { Value: IReadOnlyList<object?> list } => new BoundConstant(list.Count > 0, DataType.Boolean, expression.Span),
        BoundConstant constant => new BoundConstant(constant.Value is not null, DataType.Boolean, expression.Span),
        // An array is true if it has an element, which needs no array.
        BoundSelect select => new BoundQuantification(Quantifier.Some, select.Clauses, select.Span),
        _ => new BoundPresence(expression, expression.Span),
    };

    /// <summary>The type of either of two values, numbers and times widened; null if there is none.</summary>
    public static DataType? Unify(DataType left, DataType right)
    {
        if (left.Equals(right) || right.Kind == TypeKind.Null) return left;
        if (left.Kind == TypeKind.Null) return right;
        if (left.Kind == TypeKind.Unknown || right.Kind == TypeKind.Unknown) return DataType.Unknown;
        if (left.IsNumeric && right.IsNumeric) return DataType.Double;
        if (left.IsTemporal && right.IsTemporal) return DataType.Timestamp;
        if (left.Kind == TypeKind.Array && right.Kind == TypeKind.Array)
            return Unify(left.Element!, right.Element!) is { } element ? DataType.ArrayOf(element) : null;
        return left.Kind == TypeKind.Object && right.Kind == TypeKind.Object ? DataType.ObjectOf() : null;
    }

    private static BoundConstant? TryConvertConstant(BoundConstant constant, DataType to)
    {
        TextSpan span = constant.Span;
        if (constant.Value is null) return new BoundConstant(null, to, span);
        if (constant.Value is IReadOnlyList<object?> list)
        {
            if (to.Kind != TypeKind.Array) return null;
            object?[] converted = new object?[list.Count];
            for (int i = 0; i < list.Count; i++)
            {
                converted[i] = ScalarConversion.Convert(list[i], constant.Type.Element!, to.Element!);
                if (converted[i] is null && list[i] is not null) return null;
            }
            return new BoundConstant(converted, to, span);
        }
        if (to.Kind == TypeKind.Array)
            return TryConvertConstant(constant, to.Element!) is { } element ? new BoundConstant(new[] { element.Value }, to, span) : null;
        if (constant.Type.Kind == to.Kind) return constant;
        return ScalarConversion.Exists(constant.Type, to) && ScalarConversion.Convert(constant.Value, constant.Type, to) is { } value
            ? new BoundConstant(value, to, span)
            : null;
    }
}
