using System.Globalization;

namespace Muster.Pql.Patterns;

/// <summary>Whether a position of a text is at a place that an anchor asks for.</summary>
internal static class PatternPlaces
{
    public static bool IsAt(Anchor anchor, string text, int position) => anchor switch
    {
        Anchor.TextStart => position == 0,
        Anchor.TextEnd => position == text.Length,
        Anchor.LastLineEnd => position == text.Length || (position == text.Length - 1 && text[position] == '\n'),
        Anchor.LineStart => position == 0 || text[position - 1] == '\n',
        Anchor.LineEnd => position == text.Length || text[position] == '\n',
        _ => (IsWord(text, position - 1) != IsWord(text, position)) == (anchor == Anchor.WordBoundary),
    };

    // The characters of words for \b, as .NET's automaton has them.
    private static bool IsWord(string text, int position) => position >= 0 && position < text.Length
        && (char.IsLetter(text[position]) || text[position] is '\u200C' or '\u200D' || CharUnicodeInfo.GetUnicodeCategory(text[position])
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.ConnectorPunctuation);
}
