using CsCheck;
using Muster.Pql.Diagnostics;
using Muster.Pql.Types;

namespace Muster.Pql.Tests.Syntax;

public sealed class HostileInputTests
{
    private static readonly string[] Words =
    [
        "a", "(", ")", "[", "]", "{", "}", ",", ".", ":", "=", "<=", "+", "-", "!", "^", "=>", "?:", "and", "or", "not", "in", "occurs",
            "between", "this", "last",
        "week", "3", "1.5", "\"x\"", "select", "exists", "from", "where", "let", "sum", "over", "CHAIN", "WHAT", "WHEN", "COUNT", "GAP",
            "now", "if", "date", "map",
        "$1", "@{x}", "`q`", "\"", "'", "`", "days", "before", "xEvent", "timestamp", "#",
    ];

    [Fact]
    public void CompileSegment_OfRandomWords_DoesNotThrow() => RandomTrees.Pick(Words).Array[0, 40]
        .Select(w => string.Join(' ', w)).Sample(Compile, iter: 20_000);

    [Fact]
    public void CompileSegment_OfRandomCharacters_DoesNotThrow() => Gen.String[0, 60].Sample(Compile, iter: 5_000);

    [Fact]
    public void CompileSegment_OfRandomJson_DoesNotThrow() =>
        Gen.Select(RandomTrees.Pick("nodeType", "fnName", "params", "value", "literalType", "body", "object", "variables", "varName",
            "from", "quantifier", "elements", "what"),
                RandomTrees.Pick("\"fnApply\"", "\"literal\"", "\"fieldLookup\"", "\"a\"", "1", "null", "[{}]", "[]",
                    "{\"nodeType\":\"chain\"}", "\"let\"", "\"chain\"", "\"aggregate\"", "\"element\""))
            .Array[0, 6].Select(p => "{" + string.Join(",", p.Select(x => $"\"{x.Item1}\":{x.Item2}")) + "}")
            .Sample(json => _ = PqlCompiler.CompileSegment(json, PqlFormat.Json, ProfileSchema.Untyped), iter: 10_000);

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("a[", "]")]
    [InlineData("f(", ")")]
    [InlineData("-", "")]
    [InlineData("not ", "")]
    [InlineData("a => ", "")]
    [InlineData("let x = 1 in ", "")]
    [InlineData("let x = ", " in 1")]
    [InlineData("exists v from ", "")]
    [InlineData("exists v from a where ", "")]
    [InlineData("select v from a where v and ", "")]
    [InlineData("x ?: ", "")]
    [InlineData("{\"a\":", "}")]
    [InlineData("(a + ", ")")]
    [InlineData("a.b[c.d(e = ", ")]")]
    [InlineData("CHAIN(x, t, [WHAT(", ")])")]
    [InlineData("sum (", ")")]
    [InlineData("sum a over v from ", "")]
    public void CompileSegment_OfDeepNesting_ReportsDepth(string opening, string closing)
    {
        string text = string.Concat(Enumerable.Repeat(opening, 10_000)) + "a" + string.Concat(Enumerable.Repeat(closing, 10_000));
        Assert.Contains(PqlCompiler.CompileSegment(text, PqlFormat.Text, ProfileSchema.Untyped).Diagnostics, d => d.Code == DiagnosticCodes.Depth);
    }

    [Theory]
    [InlineData("a.")]
    [InlineData("a + ")]
    [InlineData("a[b].")]
    [InlineData("a.f().")]
    public void CompileSegment_OfLongChains_ReportsDepth(string link)
    {
        string text = string.Concat(Enumerable.Repeat(link, 100_000)) + "a";
        Assert.Contains(PqlCompiler.CompileSegment(text, PqlFormat.Text, ProfileSchema.Untyped).Diagnostics, d => d.Code == DiagnosticCodes.Depth);
    }

    [Fact]
    public void CompileSegment_OfManyOperands_Succeeds()
    {
        string text = string.Join(" or ", Enumerable.Range(0, 20_000).Select(i => $"a = {i}"));
        Assert.True(PqlCompiler.CompileSegment(text, PqlFormat.Text, ProfileSchema.Untyped).Succeeded);
    }

    [Theory]
    [InlineData('"')]
    [InlineData('(')]
    [InlineData('#')]
    [InlineData('a')]
    [InlineData('9')]
    [InlineData('\\')]
    [InlineData('`')]
    [InlineData('.')]
    [InlineData(',')]
    public void CompileSegment_OfOneMegabyte_Answers(char filler) => Compile(new string(filler, 1_000_000));

    /// <summary>Queries of a megabyte that could be meant.</summary>
    [Theory]
    [InlineData("", "a = 1 or ", "true", 110_000)]
    [InlineData("a in [", "1234, ", "1]", 170_000)]
    [InlineData("a in [", "\"\\u00e4\\n\", ", "1]", 80_000)]
    [InlineData("a = \"", "x", "\"", 1_000_000)]
    [InlineData("a.equals(", "\"ab\", ", "\"c\")", 160_000)]
    [InlineData("{", "\"a\": 1, ", "\"b\": 1}", 110_000)]
    [InlineData("CHAIN(xEvent, timestamp, [", "WHAT(a), ", "WHAT(b)])", 110_000)]
    [InlineData("exists a from b where ", "a, a from b where ", "a", 50_000)]
    public void CompileSegment_OfLongQuery_Answers(string start, string middle, string end, int times) =>
        Compile(start + string.Concat(Enumerable.Repeat(middle, times)) + end);

    [Theory]
    [InlineData("\ud800")]
    [InlineData("\udc00\ud800")]
    [InlineData("a = \"\ud800\"")]
    [InlineData("`\ud800` = 1")]
    [InlineData("a.\ud800b = 1")]
    [InlineData("a matches \"\udc00[\ud800]\"")]
    public void CompileSegment_OfHalfSurrogates_Answers(string text)
    {
        Compile(text);
        _ = PqlCompiler.CompileSegment(text, PqlFormat.Json, ProfileSchema.Untyped);
        _ = PqlCompiler.CompileSegment("{\"nodeType\":\"literal\",\"value\":\"" + text + "\"}", PqlFormat.Json, ProfileSchema.Untyped);
        if (PqlCompiler.Convert(text, PqlFormat.Text).Converted is { } json) Assert.NotNull(PqlCompiler.Convert(json, PqlFormat.Json).Converted);
    }

    [Theory]
    [InlineData("(", 5_000)]
    [InlineData("(a", 3_000)]
    [InlineData("[", 10_000)]
    [InlineData("(?=", 3_000)]
    [InlineData("a{1000}", 2_000)]
    [InlineData("(a*)*", 2_000)]
    [InlineData("a|", 9_000)]
    [InlineData("\\p{L}", 2_000)]
    public void CompileSegment_OfHostilePattern_Answers(string piece, int times) =>
        Compile("a matches \"" + string.Concat(Enumerable.Repeat(piece, times)).Replace("\\", "\\\\", StringComparison.Ordinal) + "\"");

    [Fact]
    public void CompileSegment_OfNestedSumCalls_IsNotQuadratic() => Compile(string.Concat(Enumerable.Repeat("sum(a) = ", 100_000)));

    [Fact]
    public void Convert_OfDeepJson_ReportsDepth()
    {
        string json = string.Concat(
            Enumerable.Repeat("{\"nodeType\":\"fnApply\",\"fnName\":\"not\",\"params\":[", 5_000)) + "1" + string.Concat(
                Enumerable.Repeat("]}", 5_000));
        Assert.Equal(DiagnosticCodes.Depth, Assert.Single(PqlCompiler.Convert(json, PqlFormat.Json).Diagnostics).Code);
    }

    [Fact]
    public void CompileSegment_OfDeepestAllowed_FitsASmallStack()
    {
        string text = string.Concat(Enumerable.Repeat("not a[", 80)) + "b" + string.Concat(Enumerable.Repeat("]", 80));
        PqlCompilation? compilation = null;
        Thread thread = new(() => compilation = PqlCompiler.CompileSegment(text, PqlFormat.Text, ProfileSchema.Untyped), 512 * 1024);
        thread.Start();
        thread.Join();
        Assert.True(compilation!.Succeeded);
    }

    private static void Compile(string text)
    {
        PqlCompilation compilation = PqlCompiler.CompileSegment(text, PqlFormat.Text, SampleSchema.Inferred);
        Assert.True(compilation.Diagnostics.Count <= DiagnosticBag.Limit + 1);
        Assert.All(compilation.Diagnostics, d => Assert.InRange(d.Span.End, d.Span.Start, text.Length));
    }
}
