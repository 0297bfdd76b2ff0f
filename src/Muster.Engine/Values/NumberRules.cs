using Muster.Pql.Binding;

namespace Muster.Engine.Values;

/// <summary>
/// What arithmetic means for two operands that are not null. A double that is not finite is null, so no value is ever NaN and equality and
/// order of doubles agree.
/// </summary>
internal static class NumberRules
{
    /// <summary>Integer arithmetic; false for a zero divisor. Division is not among it: it is always double.</summary>
    public static bool TryCompute(ArithmeticOperator operation, long left, long right, out Int128 result)
    {
        result = operation switch
        {
            ArithmeticOperator.Add => (Int128)left + right,
            ArithmeticOperator.Subtract => (Int128)left - right,
            ArithmeticOperator.Multiply => (Int128)left * right,
            ArithmeticOperator.Remainder => right is 0 or -1 ? 0 : left % right,
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Division is done in doubles."),
        };
        return operation != ArithmeticOperator.Remainder || right != 0;
    }

    /// <summary>Arithmetic of doubles; false for a zero divisor and for a result that is not finite.</summary>
    public static bool TryCompute(ArithmeticOperator operation, double left, double right, out double result)
    {
        result = operation switch
        {
            ArithmeticOperator.Add => left + right,
            ArithmeticOperator.Subtract => left - right,
            ArithmeticOperator.Multiply => left * right,
            ArithmeticOperator.Divide => left / right,
            _ => left % right,
        };
        return double.IsFinite(result) && !(right == 0 && operation >= ArithmeticOperator.Divide);
    }

    /// <summary>True if a wide result fits the Integer type; otherwise it goes on as a double.</summary>
    public static bool Fits(Int128 value) => value >= long.MinValue && value <= long.MaxValue;
}
