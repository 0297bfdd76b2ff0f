using CsCheck;
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
    [InlineData("^[a-z&&[aeiou]]+$", "aei", true)]
    [InlineData("^[a-z&&[aeiou]]+$", "abi", false)]
    [InlineData("^[a-z&&[^aeiou]]+$", "xyz", true)]
    [InlineData("^[a-c[x-z]]+$", "axbz", true)]
    [InlineData("^[a-c[x-z]]+$", "axd", false)]
    [InlineData("^[^a-c[x]]+$", "dey", true)]
    [InlineData("^[^a-c[x]]+$", "dex", false)]
    [InlineData("^[\\w&&[^\\d]]+$", "ab_", true)]
    [InlineData("^[\\w&&[^\\d]]+$", "ab1", false)]
    [InlineData("^[a&&[b]]$", "a", false)]
    [InlineData("(?i)^[^a]$", "A", false)]
    [InlineData("^(?i:a)b$", "Ab", true)]
    [InlineData("^(?i:a)b$", "AB", false)]
    [InlineData("^\\p{Lu}\\p{L}+$", "\u00C4gypten", true)]
    [InlineData("^\\p{Alpha}+$", "\u00C4", false)]
    [InlineData("^\\P{L}$", "1", true)]
    [InlineData("^\\x41\\u0042\\0103\\t$", "ABC\t", true)]
    [InlineData("^a{2,3}$", "aaaa", false)]
    [InlineData("^a{2,3}$", "aaa", true)]
    [InlineData("^a{,3}$", "a{,3}", true)]
    [InlineData("(?s)^a.b$", "a\nb", true)]
    [InlineData("^a.b$", "a\nb", false)]
    [InlineData("(?m)^b$", "a\nb\nc", true)]
    [InlineData("^b$", "a\nb\nc", false)]
    [InlineData("(?x) ^ a b # both\n c $", "abc", true)]
    [InlineData("a(?=b)", "ab", true)]
    [InlineData("a(?!b)", "ab", false)]
    [InlineData("(?<=a)b", "ab", true)]
    [InlineData("(?<!a)b", "ab", false)]
    [InlineData("(?<!a)b", "cb", true)]
    [InlineData("(?<=a{1,2}c)b", "aacb", true)]
    [InlineData("^(a+)b\\1$", "aabaa", true)]
    [InlineData("^(a+)b\\1$", "aaba", false)]
    [InlineData("(?i)^(a)b\\1$", "abA", true)]
    [InlineData("^(?>a|ab)c$", "abc", false)]
    [InlineData("^(?>ab|a)c$", "abc", true)]
    [InlineData("^(?:(?=a)a?)*$", "aaa", true)]
    [InlineData("^(?:(?=(a))|b)*+\\1", "a", true)]
    [InlineData("\\bcat\\b", "a cat.", true)]
    [InlineData("\\bcat\\b(?!s)", "a cats", false)]
    public void TryCreate_OfJavaPattern_MatchesAlike(string pattern, string text, bool expected)
    {
        Assert.True(PqlRegex.TryCreate(pattern, ignoreCase: false, out PqlRegex? regex, out string? error), error);
        Assert.Equal(expected, regex!.IsMatch(text));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[a")]
    [InlineData("a**")]
    [InlineData("\\")]
    [InlineData("*a")]
    [InlineData("a)")]
    [InlineData("[z-a]")]
    [InlineData("\\p{Nonsense}")]
    [InlineData("\\q")]
    [InlineData("(?<=a*)b")]
    [InlineData("\\2(a)")]
    [InlineData("(?k)a")]
    [InlineData("a{3,2}")]
    [InlineData("(a{1000}){1000}")]
    public void TryCreate_OfNoPattern_SaysWhy(string pattern)
    {
        Assert.False(PqlRegex.TryCreate(pattern, ignoreCase: false, out PqlRegex? regex, out string? error));
        Assert.Null(regex);
        Assert.NotNull(error);
    }

    [Theory]
    [InlineData("(a+)+\\1$")]
    [InlineData("^(?=(a+)+$)b")]
    [InlineData("(?:a|a)*+(?:a|aa)+$(?<=c)")]
    [InlineData("^(a|a|aa)+\\1c$")]
    public void IsMatch_OfPatternThatTriesForEver_FindsNothingInBoundedSteps(string pattern)
    {
        Assert.True(PqlRegex.TryCreate(pattern, ignoreCase: false, out PqlRegex? regex, out string? error), error);
        Assert.False(regex!.IsLinear);
        Assert.False(regex.IsMatch(new string('a', 40) + "!"));
        Assert.False(regex.IsMatch(new string('a', 20_000) + "!"));
    }

    [Theory]
    [InlineData("^(a+)+$", true)]
    [InlineData("a{2}b?[c&&[^d]]", true)]
    [InlineData("(a)\\1", false)]
    [InlineData("a++", false)]
    public void IsLinear_OfPattern_SaysWhetherStepsAreCounted(string pattern, bool expected)
    {
        Assert.True(PqlRegex.TryCreate(pattern, ignoreCase: false, out PqlRegex? regex, out _));
        Assert.Equal(expected, regex!.IsLinear);
    }

    [Theory]
    [InlineData("(b)(c)?", "abd", 0, "b")]
    [InlineData("(b)(c)?", "abd", 1, "b")]
    [InlineData("(b)(c)?", "abd", 2, null)]
    [InlineData("(b)(c)?", "abd", 3, null)]
    [InlineData("(?<first>\\w+)-(\\w+)", "x-y", 2, "y")]
    [InlineData("(a)(?=(b))", "ab", 2, "b")]
    [InlineData("(\\w+?)\\1", "xabab", 1, "ab")]
    public void Group_OfFirstMatch_IsItsText(string pattern, string text, int group, string? expected)
    {
        Assert.True(PqlRegex.TryCreate(pattern, ignoreCase: false, out PqlRegex? regex, out _));
        Assert.Equal(expected, regex!.Group(text, group));
    }

    [Theory]
    [InlineData("a+", "x", "caat", "cxt")]
    [InlineData("(\\d)(\\d)", "$2$1", "a12b34", "a21b43")]
    [InlineData("b*", "-", "ab", "-a--")]
    [InlineData("(.)\\1", "\\$1", "aabb", "$1$1")]
    public void Replace_OfAllMatches_InsertsGroups(string pattern, string replacement, string text, string expected)
    {
        Assert.True(PqlRegex.TryCreate(pattern, ignoreCase: false, out PqlRegex? regex, out _));
        Assert.Equal(expected, regex!.Replace(text, replacement));
    }

    /// <summary>What can be found both ways is found alike.</summary>
    [Fact]
    public void IsMatch_ByStepsAndByAutomaton_IsAlike()
    {
        Gen.Select(Gen.OneOf(new[] { "a", "b", "[ab]", "a*", "b?", "(a|b)", "(ab)*", "a{1,2}", "^", "$", "\\b", ".", "[^b]", "(?:a|)b", "a*?" }.Select(part => Gen.Const(part)).ToArray()).List[1, 5],
            Gen.Char["ab \n"].Array[0, 8]).Sample((parts, characters) =>
        {
            string pattern = string.Concat(parts), text = new(characters);
            // An empty look-ahead finds anything and needs counted steps.
            Assert.True(PqlRegex.TryCreate(pattern, ignoreCase: false, out PqlRegex? automaton, out _));
            Assert.True(PqlRegex.TryCreate("(?:" + pattern + ")(?=)", ignoreCase: false, out PqlRegex? steps, out _));
            Assert.True(automaton!.IsLinear);
            Assert.False(steps!.IsLinear);
            Assert.Equal(automaton.IsMatch(text), steps.IsMatch(text));
            Assert.Equal(automaton.Group(text, 0), steps.Group(text, 0));
            Assert.Equal(automaton.Replace(text, "x"), steps.Replace(text, "x"));
        }, iter: 3000);
    }
}
