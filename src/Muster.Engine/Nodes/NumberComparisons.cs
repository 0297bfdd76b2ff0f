using System.Globalization;
using System.Numerics;
using System.Runtime.Intrinsics;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Engine.Values;
using Muster.Pql.Binding;
using Vector = Muster.Engine.Execution.Vector;

namespace Muster.Engine.Nodes;

/// <summary>A number or time compared with a constant, eight rows at a time.</summary>
internal sealed class CompareConstantNode(Node input, ComparisonOperator comparison, object constant) : Node(input.Domain, ValueKind.Bits, [input])
{
    public override string Text => $"#{Inputs[0].Id} {comparison} {Convert.ToString(constant, CultureInfo.InvariantCulture)}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector input = evaluator.Get(Inputs[0]);
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        if (constant is long whole) NumberKernel.Compare(comparison, input.Longs, whole, bits, frame.Count);
        else NumberKernel.Compare(comparison, input.Doubles, (double)constant, bits, frame.Count);
        if (input.Validity is not null) Bitmaps.And(bits, input.Validity, frame.Words);
        return new Vector { Bits = bits };
    }
}

/// <summary>Two numbers or times of one kind, row by row.</summary>
internal sealed class CompareNode(Domain domain, Node left, ComparisonOperator comparison, Node right) : Node(domain, ValueKind.Bits, [left, right])
{
    public override string Text => $"#{Inputs[0].Id} {comparison} #{Inputs[1].Id}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector first = evaluator.Get(Inputs[0]), second = evaluator.Get(Inputs[1]);
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        switch (Inputs[0].Kind)
        {
            case ValueKind.Int64:
                NumberKernel.Compare(comparison, first.Longs, second.Longs, bits, frame.Count);
                break;
            case ValueKind.Double:
                NumberKernel.Compare(comparison, first.Doubles, second.Doubles, bits, frame.Count);
                break;
            default:
                for (int i = 0; i < frame.Count; i++)
                    if (ValueRules.Holds(comparison, first.IsTrue(i).CompareTo(second.IsTrue(i)))) Bitmaps.Set(bits, i);
                break;
        }
        if (first.Validity is not null) Bitmaps.And(bits, first.Validity, frame.Words);
        if (second.Validity is not null) Bitmaps.And(bits, second.Validity, frame.Words);
        return new Vector { Bits = bits };
    }
}

/// <summary>Comparisons of numbers into bitmaps that are zero at the start.</summary>
internal static class NumberKernel
{
    public static void Compare<T>(ComparisonOperator comparison, T[] values, T constant, ulong[] bits, int count) where T : struct, INumber<T>
    {
        switch (comparison)
        {
            case ComparisonOperator.Equal: Compare<T, EqualTo>(values, constant, bits, count); break;
            case ComparisonOperator.NotEqual: Compare<T, NotEqualTo>(values, constant, bits, count); break;
            case ComparisonOperator.Less: Compare<T, LessThan>(values, constant, bits, count); break;
            case ComparisonOperator.LessOrEqual: Compare<T, LessOrEqualTo>(values, constant, bits, count); break;
            case ComparisonOperator.Greater: Compare<T, GreaterThan>(values, constant, bits, count); break;
            default: Compare<T, GreaterOrEqualTo>(values, constant, bits, count); break;
        }
    }

    public static void Compare<T>(ComparisonOperator comparison, T[] left, T[] right, ulong[] bits, int count) where T : struct, INumber<T>
    {
        for (int i = 0; i < count; i++)
            if (ValueRules.Holds(comparison, left[i].CompareTo(right[i]))) Bitmaps.Set(bits, i);
    }

    /// <summary>Sets the bits of the values from first to last, both included.</summary>
    public static void Within(long[] values, long first, long last, ulong[] bits, int count)
    {
        Vector512<long> low = Vector512.Create(first), high = Vector512.Create(last);
        int i = 0;
        for (; i + Vector512<long>.Count <= count; i += Vector512<long>.Count)
        {
            Vector512<long> chunk = Vector512.Create(values, i);
            ulong mask = (Vector512.GreaterThanOrEqual(chunk, low) & Vector512.LessThanOrEqual(chunk, high)).ExtractMostSignificantBits();
            bits[i >> 6] |= mask << (i & 63);
        }
        for (; i < count; i++)
            if (first <= values[i] && values[i] <= last) Bitmaps.Set(bits, i);
    }

    private static void Compare<T, TTest>(T[] values, T constant, ulong[] bits, int count) where T : struct, INumber<T> where TTest : ITest
    {
        Vector512<T> constants = Vector512.Create(constant);
        int i = 0;
        for (; i + Vector512<T>.Count <= count; i += Vector512<T>.Count)
            bits[i >> 6] |= TTest.Eight(Vector512.Create(values, i), constants) << (i & 63);
        for (; i < count; i++)
            if (TTest.One(values[i], constant)) Bitmaps.Set(bits, i);
    }

    private interface ITest
    {
        static abstract ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct;

        static abstract bool One<T>(T left, T right) where T : struct, INumber<T>;
    }

    private readonly struct EqualTo : ITest
    {
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => Vector512.Equals(left, right).ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left == right;
    }

    private readonly struct NotEqualTo : ITest
    {
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => (~Vector512.Equals(left, right)).ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left != right;
    }

    private readonly struct LessThan : ITest
    {
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => Vector512.LessThan(left, right).ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left < right;
    }

    private readonly struct LessOrEqualTo : ITest
    {
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => Vector512.LessThanOrEqual(left, right).ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left <= right;
    }

    private readonly struct GreaterThan : ITest
    {
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => Vector512.GreaterThan(left, right).ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left > right;
    }

    private readonly struct GreaterOrEqualTo : ITest
    {
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => Vector512.GreaterThanOrEqual(left, right).ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left >= right;
    }
}
