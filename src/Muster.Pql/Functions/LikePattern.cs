namespace Muster.Pql.Functions;

/// <summary>
/// The <c>like</c> operator: % is any run, _ one character (UTF-16 code unit), a backslash takes the next character as it is. The whole
/// text has to match, case counts.
/// </summary>
public static class LikePattern
{
    /// <summary>Whether the text matches. At most (length of the text) x (length of the pattern) steps, without memory.</summary>
    public static bool IsMatch(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern) => IsMatch(text, pattern, ignoreCase: false);

    /// <summary>As above; with <paramref name="ignoreCase"/> letters match regardless of case, by the invariant rules.</summary>
    public static bool IsMatch(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern, bool ignoreCase)
    {
        int t = 0, p = 0;
        // Where to go on after a mismatch: just after the last %, one character of the text later. Earlier % need not be tried again.
        int resumePattern = -1, resumeText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '%')
            {
                resumePattern = ++p;
                resumeText = t;
            }
            else if (p < pattern.Length && MatchesOne(text[t], pattern, p, ignoreCase, out int width))
            {
                t++;
                p += width;
            }
            else if (resumePattern >= 0)
            {
                t = ++resumeText;
                p = resumePattern;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '%') p++;
        return p == pattern.Length;
    }

    private static bool MatchesOne(char c, ReadOnlySpan<char> pattern, int p, bool ignoreCase, out int width)
    {
        bool isEscaped = pattern[p] == '\\' && p + 1 < pattern.Length;
        width = isEscaped ? 2 : 1;
        char wanted = pattern[isEscaped ? p + 1 : p];
        if (wanted == c || (wanted == '_' && !isEscaped)) return true;
        return ignoreCase && char.ToUpperInvariant(wanted) == char.ToUpperInvariant(c);
    }
}
