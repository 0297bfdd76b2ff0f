using System.Text.RegularExpressions;
using Muster.Pql.Functions;

namespace Muster.Pql.Tests.Functions;

public sealed class PqlRegexTests
{
    [Theory]
    [InlineData("^k9", "k9-x", true)]
    [InlineData("9", "k9-x", true)]
    [InlineData("^a++b$", "aaab", true)]
    [InlineData("^a++ab$", "aaab", false)]
    [InlineData("^(ab)*+c$", "ababc", true)]
    [InlineData("^[ab]?+c$", "ac", true)]
    [InlineData("^a{2}+$", "aa", true)]
    [InlineData("^\\Qa.b*\\E+$", "a.b**", true)]
    [InlineData("^\\Qa.b*\\E$", "axb*", false)]
    [InlineData("(?i)^K9", "k9", true)]
    [InlineData("^(?:a|b)+$", "abba", true)]
    [InlineData("^(?<n>a)\\k<n>$", "aa", true)]
    [InlineData("^\\d$", "\u0661", false)]
    [InlineData("^[\\d]$", "7", true)]
    [InlineData("\\.com$", "a.com", true)]
    [InlineData("^[^]]$", "x", true)]
    [InlineData("a+?b", "aab", true)]
    public void TryCreate_OfJavaPattern_MatchesAlike(string pattern, string text, bool expected)
    {
        Assert.True(PqlRegex.TryCreate(pattern, out Regex? regex, out string? error), error);
        Assert.Equal(expected, regex!.IsMatch(text));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[a")]
    [InlineData("a**")]
    [InlineData("\\")]
    public void TryCreate_OfNoPattern_SaysWhy(string pattern)
    {
        Assert.False(PqlRegex.TryCreate(pattern, out Regex? regex, out string? error));
        Assert.Null(regex);
        Assert.NotNull(error);
    }
}
