namespace Muster.Pql.Diagnostics;

/// <summary>A range of characters (UTF-16 code units) of the query's text.</summary>
/// <param name="Start">Offset of the first character, from 0.</param>
/// <param name="Length">Number of characters; 0 for a position.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>Offset just past the last character.</summary>
    public int End => Start + Length;

    /// <summary>The smallest span that holds both.</summary>
    public static TextSpan Union(TextSpan first, TextSpan second)
    {
        int start = Math.Min(first.Start, second.Start);
        return new TextSpan(start, Math.Max(first.End, second.End) - start);
    }
}
