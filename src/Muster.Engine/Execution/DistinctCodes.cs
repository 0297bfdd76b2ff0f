namespace Muster.Engine.Execution;

/// <summary>Codes of strings that are equal exactly if the strings are: a computed table may hold a string twice.</summary>
internal static class DistinctCodes
{
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
