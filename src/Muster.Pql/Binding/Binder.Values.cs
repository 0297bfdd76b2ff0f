using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;
using Muster.Pql.Syntax;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>Arithmetic, defaults, conditions, lists and objects.</summary>
internal sealed partial class Binder
{
    private BoundExpression BindNegation(UnarySyntax negation)
    {
        BoundExpression operand = ToNumber(Bind(negation.Operand), "-");
        return new BoundNegation(operand, operand.Type, negation.Span);
    }

    private BoundExpression BindArithmetic(string name, BoundExpression left, BoundExpression right, TextSpan span)
    {
        ArithmeticOperator @operator = name switch
        {
            "+" => ArithmeticOperator.Add,
            "-" => ArithmeticOperator.Subtract,
            "*" => ArithmeticOperator.Multiply,
            "/" => ArithmeticOperator.Divide,
            _ => ArithmeticOperator.Remainder,
        };
        bool isText = name == "+" && (left.Type.Kind == TypeKind.String || right.Type.Kind == TypeKind.String);
        if (isText) _diagnostics.Accepts(LenientForm.TextAddition, span);
        if (name == "+" && left.Type.Kind == TypeKind.String && (right.Type.IsScalar || right.Type.Kind == TypeKind.Unknown))
            return new BoundArithmetic(@operator, left, Convert(right, DataType.String), DataType.String, span);
        if (name == "+" && left.Type.Kind == TypeKind.Unknown && right.Type.Kind == TypeKind.String && !IsInvalid(left))
            return new BoundArithmetic(@operator, Convert(left, DataType.String), right, DataType.String, span);
        BoundExpression first = ToNumber(left, name), second = ToNumber(right, name);
        bool isInteger = first.Type.Kind == TypeKind.Integer && second.Type.Kind == TypeKind.Integer
            && @operator != ArithmeticOperator.Divide;
        return new BoundArithmetic(@operator, first, second, isInteger ? DataType.Integer : DataType.Double, span);
    }

    /// <summary>An operand of arithmetic. A string is no number, except as a constant that reads as one.</summary>
    private BoundExpression ToNumber(BoundExpression operand, string use)
    {
        if (IsInvalid(operand)) return new BoundConstant(null, DataType.Double, operand.Span);
        bool mayConvert = operand.Type.Kind != TypeKind.String || operand is BoundConstant;
        if (mayConvert && Coercion.TryConvertToNumber(operand) is { } number) return number;
        _diagnostics.Error(DiagnosticCodes.TypeMismatch, operand.Span, $"'{use}' needs a number, this is of type {operand.Type}.");
        return new BoundConstant(null, DataType.Double, operand.Span);
    }

    private BoundExpression BindDefault(BoundExpression value, BoundExpression fallback, TextSpan span)
    {
        DataType type = UnifyOrReport(ref value, ref fallback, span);
        return new BoundDefault(value, fallback, type, span);
    }

    private BoundExpression BindConditional(BoundExpression condition, BoundExpression whenTrue, BoundExpression whenFalse, TextSpan span)
    {
        DataType type = UnifyOrReport(ref whenTrue, ref whenFalse, span);
        return new BoundConditional(Coercion.ToBoolean(condition), whenTrue, whenFalse, type, span);
    }

    /// <summary>Brings two alternatives to one type: a wider one, or the left one's.</summary>
    private DataType UnifyOrReport(ref BoundExpression left, ref BoundExpression right, TextSpan span)
    {
        DataType? type = Coercion.Unify(left.Type, right.Type);
        type ??= Coercion.TryConvert(right, left.Type) is null ? null : left.Type;
        if (type is null || Coercion.TryConvert(left, type) is not { } first || Coercion.TryConvert(right, type) is not { } second)
        {
            _diagnostics.Error(DiagnosticCodes.TypeMismatch, span,
                $"The two values are of types {left.Type} and {right.Type}, which do not fit together.");
            return DataType.Unknown;
        }
        (left, right) = (first, second);
        return type;
    }

    private BoundExpression BindList(ListSyntax list) => MakeList(list.Elements.Select(Bind).ToArray(), list.Span);

    private BoundExpression MakeList(IReadOnlyList<BoundExpression> elements, TextSpan span)
    {
        DataType element = DataType.Null;
        bool isMixed = false;
        foreach (BoundExpression one in elements)
        {
            if (Coercion.Unify(element, one.Type) is { } unified) element = unified;
            else isMixed = true;
        }
        if (elements.Count == 0 || isMixed) element = DataType.Unknown;
        if (isMixed && elements.Any(e => e.Type.IsTemporal))
            return Error(DiagnosticCodes.TypeMismatch, span, "The list mixes times with values of other types.");
        DataType type = DataType.ArrayOf(element);
        if (elements.All(e => e is BoundConstant { Value: not IReadOnlyList<object?> }))
        {
            object?[] values = elements.Cast<BoundConstant>().Select(c => ScalarConversion.Convert(c.Value, c.Type, element)).ToArray();
            return new BoundConstant(values, type, span);
        }
        return new BoundConstruction(elements.Select(e => Coercion.TryConvert(e, element) ?? e).ToArray(), null, type, span);
    }

    private BoundExpression BindObject(ObjectSyntax literal)
    {
        List<string> names = [];
        List<BoundExpression> values = [];
        foreach ((string name, SyntaxNode value) in literal.Fields)
        {
            if (names.Contains(name)) return Error(DiagnosticCodes.Misplaced, value.Span, $"The object has two fields '{name}'.");
            names.Add(name);
            values.Add(Bind(value));
        }
        DataType type = DataType.ObjectOf(names.Zip(values, (name, value) => new Field(name, value.Type)));
        return new BoundConstruction(values, names, type, literal.Span);
    }

    /// <summary>Converts or reports.</summary>
    private BoundExpression Convert(BoundExpression expression, DataType to)
    {
        if (IsInvalid(expression)) return new BoundConstant(null, to, expression.Span);
        if (Coercion.TryConvert(expression, to) is { } converted) return converted;
        _diagnostics.Error(DiagnosticCodes.TypeMismatch, expression.Span, Describe(expression, to));
        return new BoundConstant(null, to, expression.Span);
    }

    private static string Describe(BoundExpression expression, DataType to) => expression is BoundConstant { Value: { } value }
        && expression.Type.IsScalar
        ? $"'{ScalarConversion.ToText(value, expression.Type)}' is no value of type {to}."
        : $"A value of type {expression.Type} cannot be taken as {to}.";
}
