using System.Text.RegularExpressions;

namespace Muster.Services.Catalog;

/// <summary>Names in filters: <c>*</c> stands for anything, <c>**</c> for an asterisk.</summary>
internal static class Wildcard
{
    public static bool Matches(string text, string pattern)
    {
        if (!pattern.Contains('*', StringComparison.Ordinal)) return text == pattern;
        string regex = "^" + Regex.Escape(pattern).Replace(@"\*\*", "\0", StringComparison.Ordinal)
            .Replace(@"\*", ".*", StringComparison.Ordinal).Replace("\0", @"\*", StringComparison.Ordinal) + "$";
        return Regex.IsMatch(text, regex, RegexOptions.Singleline | RegexOptions.NonBacktracking);
    }
}
