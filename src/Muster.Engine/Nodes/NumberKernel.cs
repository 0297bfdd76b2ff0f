using System.Numerics;
using System.Runtime.Intrinsics;
using Muster.Engine.Execution;
using Muster.Engine.Values;
using Muster.Pql.Binding;

namespace Muster.Engine.Nodes;

/// <summary>Comparisons of numbers into bitmaps that are zero at the start.</summary>
internal static class NumberKernel
{
    public static void Compare<T>(ComparisonOperator comparison, T[] values, T constant, ulong[] bits, int count) where T : struct,
        INumber<T>
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
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => Vector512.Equals(left, right)
            .ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left == right;
    }

    private readonly struct NotEqualTo : ITest
    {
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => (~Vector512.Equals(left, right))
            .ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left != right;
    }

    private readonly struct LessThan : ITest
    {
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => Vector512.LessThan(left, right)
            .ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left < right;
    }

    private readonly struct LessOrEqualTo : ITest
    {
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => Vector512.LessThanOrEqual(left, right)
            .ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left <= right;
    }

    private readonly struct GreaterThan : ITest
    {
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => Vector512.GreaterThan(left, right)
            .ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left > right;
    }

    private readonly struct GreaterOrEqualTo : ITest
    {
        public static ulong Eight<T>(Vector512<T> left, Vector512<T> right) where T : struct => Vector512.GreaterThanOrEqual(left, right)
            .ExtractMostSignificantBits();

        public static bool One<T>(T left, T right) where T : struct, INumber<T> => left >= right;
    }
}
