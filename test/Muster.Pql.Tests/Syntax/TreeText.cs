using System.Collections;
using System.Globalization;
using System.Text;
using Muster.Pql.Diagnostics;
using Muster.Pql.Syntax;

namespace Muster.Pql.Tests.Syntax;

/// <summary>Writes everything of a tree but its spans, for comparison.</summary>
internal static class TreeText
{
    public static string Of(object? value)
    {
        StringBuilder text = new();
        Write(text, value);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null: text.Append("null"); break;
            case string s: text.Append('"').Append(s).Append('"'); break;
            case SyntaxNode or ChainCount or ValueTuple<string, SyntaxNode>:
                text.Append(value.GetType().Name).Append('(');
                IEnumerable<object?> parts = value is ValueTuple<string, SyntaxNode> pair
                    ? [pair.Item1, pair.Item2]
                    : value.GetType().GetProperties()
                        .Where(p => p.PropertyType != typeof(TextSpan) && p.Name != "Children").OrderBy(p => p.Name)
                            .Select(p => p.GetValue(value));
                foreach (object? part in parts)
                {
                    Write(text, part);
                    text.Append(' ');
                }
                text.Append(')');
                break;
            case IEnumerable items:
                text.Append('[');
                foreach (object? item in items) Write(text, item);
                text.Append(']');
                break;
            case double number: text.Append(number.ToString("R", CultureInfo.InvariantCulture)).Append('d'); break;
            default: text.Append(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }
}
