using System.Text;

namespace Muster.Engine.Values;

/// <summary>
/// Rewrites what Java's regular expressions have and .NET's have not: <c>\Q..\E</c> quotes, possessive quantifiers (<c>a*+</c> is
/// <c>(?&gt;a*)</c>), <c>\h</c> and <c>\R</c>. The rest is the same in both for what audiences use.
/// </summary>
internal static class JavaRegex
{
    public static string Translate(string pattern)
    {
        var output = new StringBuilder(pattern.Length + 8);
        var groups = new Stack<int>();
        // Where the last atom begins in the output, for a quantifier to wrap; -1 when nothing can be quantified.
        int atom = -1;
        int i = 0;
        while (i < pattern.Length)
        {
            char character = pattern[i];
            if (pattern.AsSpan(i).StartsWith(@"\Q", StringComparison.Ordinal))
            {
                int end = pattern.IndexOf(@"\E", i + 2, StringComparison.Ordinal);
                foreach (char quoted in pattern.AsSpan(i + 2, (end < 0 ? pattern.Length : end) - i - 2))
                {
                    atom = output.Length;
                    output.Append(System.Text.RegularExpressions.Regex.Escape(quoted.ToString()));
                }
                i = end < 0 ? pattern.Length : end + 2;
            }
            else if (character is ('*' or '+' or '?' or '{') && atom >= 0)
            {
                i = CopyQuantifier(pattern, i, output, atom);
            }
            else
            {
                if (character == '(') groups.Push(output.Length);
                atom = character == ')' && groups.Count > 0 ? groups.Pop() : character is '(' or '|' ? -1 : output.Length;
                i = character == '[' ? CopyClass(pattern, i, output) : CopyAtom(pattern, i, output);
                if (character == '(' && i < pattern.Length && pattern[i] == '?')
                {
                    // The ? of (?:, (?i), (?<name> is no quantifier.
                    output.Append('?');
                    i++;
                }
            }
        }
        return output.ToString();
    }

    private static int CopyAtom(string pattern, int i, StringBuilder output)
    {
        if (pattern[i] != '\\' || i + 1 == pattern.Length)
        {
            output.Append(pattern[i]);
            return i + 1;
        }
        switch (pattern[i + 1])
        {
            case 'h': output.Append(@"[ \t\u00A0]"); break;
            case 'R': output.Append(@"(?:\r\n|[\n\r\u0085\u2028\u2029])"); break;
            case var escaped: output.Append('\\').Append(escaped); break;
        }
        return i + 2;
    }

    private static int CopyClass(string pattern, int i, StringBuilder output)
    {
        int start = i;
        for (i++; i < pattern.Length && (pattern[i] != ']' || i == start + 1); i++)
            if (pattern[i] == '\\') i++;
        int end = Math.Min(i + 1, pattern.Length);
        output.Append(pattern, start, end - start);
        return end;
    }

    private static int CopyQuantifier(string pattern, int i, StringBuilder output, int atom)
    {
        int start = i;
        if (pattern[i] == '{')
        {
            int close = pattern.IndexOf('}', i);
            i = close < 0 ? pattern.Length : close + 1;
        }
        else i++;
        output.Append(pattern, start, i - start);
        if (i < pattern.Length && pattern[i] == '+')
        {
            output.Insert(atom, "(?>").Append(')');
            i++;
        }
        else if (i < pattern.Length && pattern[i] == '?')
        {
            output.Append('?');
            i++;
        }
        return i;
    }
}
