using Muster.Engine.Planning;

namespace Muster.Engine.Execution;

/// <summary>Takes values of other rows: a parent's for its elements, a level's for chosen rows.</summary>
internal static class Gathering
{
    /// <summary>Row i of the result is row <c>rows[i]</c> of the input; null where that is -1.</summary>
    public static Vector Gather(Vector input, ValueKind kind, int[] rows, Frame frame)
    {
        int count = frame.Count;
        ulong[]? validity = GatherValidity(input, rows, frame);
        switch (kind)
        {
            case ValueKind.Bits:
                ulong[] bits = frame.Arena.Bitmap(count);
                for (int i = 0; i < count; i++)
                    if (rows[i] is >= 0 and var row && Bitmaps.Get(input.Bits, row)) Bitmaps.Set(bits, i);
                return new Vector { Bits = bits, Validity = validity };
            case ValueKind.Int64:
                long[] longs = frame.Arena.Longs(count);
                Take(input.Longs, rows, longs, count);
                return new Vector { Longs = longs, Validity = validity };
            case ValueKind.Double:
                double[] doubles = frame.Arena.Doubles(count);
                Take(input.Doubles, rows, doubles, count);
                return new Vector { Doubles = doubles, Validity = validity };
            default:
                int[] codes = frame.Arena.Ints(count);
                Take(input.Codes, rows, codes, count);
                return new Vector { Codes = codes, Table = input.Table, Dictionary = input.Dictionary, Validity = validity };
        }
    }

    private static void Take<T>(T[] values, int[] rows, T[] target, int count)
    {
        for (int i = 0; i < count; i++)
            if ((uint)rows[i] < (uint)values.Length) target[i] = values[rows[i]];
    }

    private static ulong[]? GatherValidity(Vector input, int[] rows, Frame frame)
    {
        if (input.Validity is null && rows.AsSpan(0, frame.Count).IndexOf(-1) < 0) return null;
        ulong[] validity = frame.Arena.Bitmap(frame.Count);
        for (int i = 0; i < frame.Count; i++)
            if (rows[i] is >= 0 and var row && input.IsValid(row)) Bitmaps.Set(validity, i);
        return validity;
    }
}
