using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Pql.Functions;

/// <summary>
/// Regular expressions of <c>matches</c> and <c>regexGroup</c>: Java's syntax, searched anywhere in the text, culture-invariant.
/// </summary>
public static class PqlRegex
{
    // Only patterns with look-around, back-references or atomic groups can take long; hostile ones are cut off.
    private static readonly TimeSpan BacktrackingLimit = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Compiles a pattern. Matching takes time linear in the text where the pattern allows; otherwise a match can end in a <see
    /// cref="RegexMatchTimeoutException"/>, which counts as no match.
    /// </summary>
    public static bool TryCreate(string javaPattern, out Regex? regex, out string? error)
    {
        regex = null;
        error = null;
        string pattern = Translate(javaPattern);
        try
        {
            regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            return true;
        }
        catch (NotSupportedException)
        {
            // The linear engine cannot express it (or its automaton is too large): take the backtracking one, with a limit.
        }
        catch (ArgumentException exception)
        {
            error = exception.Message;
            return false;
        }
        try
        {
            regex = new Regex(pattern, RegexOptions.CultureInvariant, BacktrackingLimit);
            return true;
        }
        catch (ArgumentException exception)
        {
            error = exception.Message;
            return false;
        }
    }

    /// <summary>
    /// Rewrites what Java spells differently: possessive quantifiers, quoted runs, <c>\h</c>, <c>\z</c> and named groups that .NET reads
    /// alike.
    /// </summary>
    internal static string Translate(string pattern)
    {
        StringBuilder result = new(pattern.Length + 8);
        // Where the last atom and the groups around it begin in the result: a possessive quantifier makes its atom atomic.
        Stack<int> groups = new();
        int atom = -1;
        for (int i = 0; i < pattern.Length;)
        {
            char c = pattern[i];
            int start = result.Length;
            switch (c)
            {
                case '\\' when i + 1 < pattern.Length && pattern[i + 1] == 'Q':
                    int end = pattern.IndexOf("\\E", i + 2, StringComparison.Ordinal);
                    string quoted = pattern[(i + 2)..(end < 0 ? pattern.Length : end)];
                    foreach (char literal in quoted)
                    {
                        atom = result.Length;
                        result.Append(Regex.Escape(literal.ToString()).Replace("]", "\\]", StringComparison.Ordinal).Replace("}", "\\}",
                            StringComparison.Ordinal));
                    }
                    i = end < 0 ? pattern.Length : end + 2;
                    break;
                case '\\' when i + 1 < pattern.Length:
                    atom = start;
                    i += AppendEscape(result, pattern, i);
                    break;
                case '[':
                    atom = start;
                    i = AppendClass(result, pattern, i);
                    break;
                case '(':
                    groups.Push(start);
                    result.Append(c);
                    i++;
                    break;
                case ')':
                    atom = groups.TryPop(out int opened) ? opened : start;
                    result.Append(c);
                    i++;
                    break;
                case '*' or '+' or '?' or '{' when atom >= 0:
                    i = AppendQuantifier(result, pattern, i, atom);
                    break;
                default:
                    atom = start;
                    result.Append(c);
                    i++;
                    break;
            }
        }
        return result.ToString();
    }

    private static int AppendQuantifier(StringBuilder result, string pattern, int i, int atom)
    {
        int end = i + 1;
        if (pattern[i] == '{')
        {
            int closing = pattern.IndexOf('}', i);
            end = closing < 0 ? pattern.Length : closing + 1;
        }
        result.Append(pattern, i, end - i);
        if (end < pattern.Length && pattern[end] == '+')
        {
            result.Insert(atom, "(?>").Append(')');
            end++;
        }
        else if (end < pattern.Length && pattern[end] == '?')
        {
            result.Append('?');
            end++;
        }
        return end;
    }

    private static int AppendEscape(StringBuilder result, string pattern, int i)
    {
        string? replacement = pattern[i + 1] switch
        {
            'h' => "[ \\t\\u00A0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]",
            'R' => "(?:\\r\\n|[\\n-\\r\\u0085\\u2028\\u2029])",
            // Java's classes are of ASCII unless it is told otherwise.
            'd' => "[0-9]",
            'w' => "[a-zA-Z_0-9]",
            's' => "[ \\t\\n\\x0B\\f\\r]",
            'D' => "[^0-9]",
            'W' => "[^a-zA-Z_0-9]",
            'S' => "[^ \\t\\n\\x0B\\f\\r]",
            _ => null,
        };
        if (replacement is null) result.Append(pattern, i, 2);
        else result.Append(replacement);
        return 2;
    }

    private static int AppendClass(StringBuilder result, string pattern, int i)
    {
        int start = i++;
        if (i < pattern.Length && pattern[i] == '^') i++;
        if (i < pattern.Length && pattern[i] == ']') i++;
        result.Append(pattern, start, i - start);
        while (i < pattern.Length && pattern[i] != ']')
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                string? ascii = pattern[i + 1] switch
                {
                    'd' => "0-9",
                    'w' => "a-zA-Z_0-9",
                    's' => " \\t\\n\\x0B\\f\\r",
                    'h' => " \\t\\u00A0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000",
                    _ => null,
                };
                if (ascii is null) result.Append(pattern, i, 2);
                else result.Append(ascii);
                i += 2;
            }
            else
            {
                // A bracket within a class is a nested class in Java, which .NET reads as a character: left as it is.
                result.Append(pattern[i++]);
            }
        }
        if (i < pattern.Length) result.Append(pattern[i++]);
        return i;
    }
}
