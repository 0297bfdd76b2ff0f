using System.Globalization;
using System.Text;

namespace Muster.Pql.Patterns;

/// <summary>
/// Writes a regular pattern in .NET's syntax, for its automaton: sets are spelt out, so no option and no culture has a say, and groups have
/// the same numbers.
/// </summary>
internal static class LinearPattern
{
    public static string Write(PatternNode root)
    {
        StringBuilder text = new();
        Append(text, root);
        return text.ToString();
    }

    private static void Append(StringBuilder text, PatternNode node)
    {
        switch (node)
        {
            case SetPattern set: text.Append(set.Set); break;
            case SequencePattern sequence:
                foreach (PatternNode part in sequence.Parts) Append(text, part);
                break;
            case AlternationPattern alternation:
                text.Append("(?:");
                for (int i = 0; i < alternation.Choices.Count; i++)
                {
                    if (i > 0) text.Append('|');
                    Append(text, alternation.Choices[i]);
                }
                text.Append(')');
                break;
            case GroupPattern group:
                text.Append('(');
                Append(text, group.Body);
                text.Append(')');
                break;
            case RepeatPattern repeat:
                text.Append("(?:");
                Append(text, repeat.Body);
                text.Append(')').Append(CultureInfo.InvariantCulture, $"{{{repeat.Minimum},{repeat.Maximum}}}");
                if (repeat.Mode == RepeatMode.Lazy) text.Append('?');
                break;
            case AnchorPattern anchor: text.Append(Of(anchor.Anchor)); break;
            default: throw new ArgumentOutOfRangeException(nameof(node), node, "No automaton finds this.");
        }
    }

    private static string Of(Anchor anchor) => anchor switch
    {
        Anchor.TextStart => "\\A",
        Anchor.TextEnd => "\\z",
        Anchor.LastLineEnd => "\\Z",
        Anchor.LineStart => "(?m:^)",
        Anchor.LineEnd => "(?m:$)",
        Anchor.WordBoundary => "\\b",
        _ => "\\B",
    };
}
