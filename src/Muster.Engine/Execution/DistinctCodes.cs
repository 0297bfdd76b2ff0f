using Muster.Engine.Planning;

namespace Muster.Engine.Execution;

/// <summary>Numbers that are equal exactly if values are.</summary>
internal static class DistinctCodes
{
    /// <summary>The number of a row that has a value; <paramref name="codes"/> are those of <see cref="Of"/> for strings.</summary>
    public static long KeyOf(Vector values, ValueKind kind, int[]? codes, int row) => kind switch
    {
        ValueKind.Bits => values.IsTrue(row) ? 1 : 0,
        ValueKind.Int64 => values.Longs[row],
        // Both zeros are one number.
        ValueKind.Double => BitConverter.DoubleToInt64Bits(values.Doubles[row] + 0.0),
        _ => codes![row],
    };

    /// <summary>Codes of strings: a computed table may hold a string twice.</summary>
    public static int[] Of(Vector values, Frame frame)
    {
        if (values.Dictionary is not null) return values.Codes;
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] codes = frame.Arena.Ints(frame.Count);
        for (int i = 0; i < frame.Count; i++)
        {
            if (!values.IsValid(i)) continue;
            string text = values.TextAt(i);
            if (!known.TryGetValue(text, out int code)) known.Add(text, code = known.Count);
            codes[i] = code;
        }
        return codes;
    }
}
