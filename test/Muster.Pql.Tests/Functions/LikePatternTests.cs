using System.Text.RegularExpressions;
using CsCheck;
using Muster.Pql.Functions;

namespace Muster.Pql.Tests.Functions;

public sealed class LikePatternTests
{
    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "a%", true)]
    [InlineData("abc", "%c", true)]
    [InlineData("abc", "_b_", true)]
    [InlineData("abc", "b", false)]
    [InlineData("", "%", true)]
    [InlineData("", "_", false)]
    [InlineData("a%c", "a\\%c", true)]
    [InlineData("abc", "a\\%c", false)]
    [InlineData("a_c", "a\\_c", true)]
    [InlineData("a\\c", "a\\\\c", true)]
    [InlineData("aab", "%ab", true)]
    [InlineData("ABC", "abc", false)]
    public void IsMatch_OfCase_IsAnchoredAndExact(string text, string pattern, bool expected) =>
        Assert.Equal(expected, LikePattern.IsMatch(text, pattern));

    [Fact]
    public void IsMatch_OfRandomPattern_AgreesWithRegex() =>
        Gen.Select(Gen.String["ab%_"], Gen.String["ab%_"]).Sample((text, pattern) =>
        {
            string regex = "^" + string.Concat(pattern.Select(c => c == '%' ? ".*" : c == '_' ? "." : Regex.Escape(c.ToString()))) + "$";
            return Regex.IsMatch(text, regex, RegexOptions.Singleline | RegexOptions.NonBacktracking) == LikePattern.IsMatch(text, pattern);
        });

    [Fact]
    public void IsMatch_OfHostilePattern_Returns() =>
        Assert.False(LikePattern.IsMatch(new string('a', 5_000), string.Concat(Enumerable.Repeat("%a", 1_000)) + "b"));
}
