using Muster.Engine.Planning;

namespace Muster.Engine.Execution;

/// <summary>Three-way order of two rows of a vector that both have a value.</summary>
internal static class RowOrder
{
    public static int Compare(Vector values, ValueKind kind, int first, int second) => kind switch
    {
        ValueKind.Bits => values.IsTrue(first).CompareTo(values.IsTrue(second)),
        ValueKind.Int64 => values.Longs[first].CompareTo(values.Longs[second]),
        ValueKind.Double => values.Doubles[first].CompareTo(values.Doubles[second]),
        _ => string.CompareOrdinal(values.TextAt(first), values.TextAt(second)),
    };

    /// <summary>Puts rows into the order that they were given by another expression; rows that compare equal keep theirs.</summary>
    /// <param name="rows">Rising.</param>
    /// <param name="order">Whole numbers, a value in each of the rows.</param>
    public static void Sort(Span<int> rows, Vector order) =>
        rows.Sort((a, b) => order.Longs[a].CompareTo(order.Longs[b]) is not 0 and var found ? found : a.CompareTo(b));
}
