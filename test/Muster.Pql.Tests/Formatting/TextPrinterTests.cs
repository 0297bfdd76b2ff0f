namespace Muster.Pql.Tests.Formatting;

public sealed class TextPrinterTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("A AND b OR not (c)", "A and b or not c")]
    [InlineData("(a or b) and c", "(a or b) and c")]
    [InlineData("a and (b and c)", "a and b and c")]
    [InlineData("(a = b) = c", "(a = b) = c")]
    [InlineData("not a = b", "not a = b")]
    [InlineData("!a = b", "(not a) = b")]
    [InlineData("1 + (2 * 3) - (4 - 5)", "1 + 2 * 3 - (4 - 5)")]
    [InlineData("(a ?: b) ?: c", "(a ?: b) ?: c")]
    [InlineData("a ?: (b ?: c)", "a ?: b ?: c")]
    [InlineData("-(-5)", "5")]
    [InlineData("-5.f()", "-5.f()")]
    [InlineData("- x.y", "-x.y")]
    [InlineData("12L = 1.50 or 1.5e3 > .5", "12 = 1.5 or 1500.0 > 0.5")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("a = 'x\"y'", "a = \"x\\\"y\"")]
    [InlineData("a = \"\\u0041\\n\\\\d\"", "a = \"A\\n\\\\d\"")]
    [InlineData("contains(a.b, \"x\", false)", "a.b.contains(\"x\", false)")]
    [InlineData("a.like(\"x%\")", "a like \"x%\"")]
    [InlineData("like(a, \"x%\")", "a like \"x%\"")]
    [InlineData("in(x, [1, 2])", "x in [1, 2]")]
    [InlineData("x in (1, 2)", "x in [1, 2]")]
    [InlineData("x notin [\"a\"]", "x notIn [\"a\"]")]
    [InlineData("a.filter(b > 1)", "a[b > 1]")]
    [InlineData("xEvent[a.b[c > ^^d and ^.e]]", "xEvent[a.b[c > ^^d and ^e]]")]
    [InlineData("a[^f(3) or (^).g()]", "a[(^).f(3) or (^).g()]")]
    [InlineData("_shop.cart.count > 2", "_shop.cart.count > 2")]
    [InlineData("a.`2024 plan`.value.min", "a.`2024 plan`.value.min")]
    [InlineData("`next`.a", "`next`.a")]
    [InlineData("sum > 3", "`sum` > 3")]
    [InlineData("exists v from a : v.b = 1, w from v.c where w", "exists v from a where v.b = 1, w from v.c where w")]
    [InlineData("(exists v from a where v.b) and c", "(exists v from a where v.b) and c")]
    [InlineData("c and exists v from a where v.b", "c and (exists v from a where v.b)")]
    [InlineData("f((select v from a where v.b), 1)", "(select v from a where v.b).f(1)")]
    [InlineData("(select V from _lib.loans where V.overdue).head().title", "(select V from _lib.loans where V.overdue).head().title")]
    [InlineData("SUM V.x * 2 over V from a", "sum V.x * 2 over V from a")]
    [InlineData("(sum (V.x + 1) * 2 over V from a) > 3", "(sum (V.x + 1) * 2 over V from a) > 3")]
    [InlineData("sum(a.b) * 2", "a.b.sum() * 2")]
    [InlineData("max V from _lab.readings where V < 99", "max V from _lab.readings where V < 99")]
    [InlineData("let n = a[b = false].count() in n >= 2 and n <= 6", "let n = a[b = false].count() in n >= 2 and n <= 6")]
    [InlineData("let n = (x in [1]) in n", "let n = (x in [1]) in n")]
    [InlineData("let n = f(x in [1]) in n", "let n = (x in [1]).f() in n")]
    [InlineData("g.map((K, G) => mapEntry(K, G.count()))", "g.map((K, G) => mapEntry(K, G.count()))")]
    [InlineData("g.map({\"n\": this.count(), \"k\": a})", "g.map({\"n\": this.count(), \"k\": a})")]
    [InlineData("if(a, b, c) = date(2031, 5, 9)", "if(a, b, c) = date(2031, 5, 9)")]
    [InlineData("t occurs <= 1 Days BEFORE now", "t occurs <= 1 day before now")]
    [InlineData("t occurs today", "t occurs on today")]
    [InlineData("t occurs = (n + 1) weeks of last millenium", "t occurs = (n + 1) weeks from last millennium")]
    [InlineData("t occurs between date(2031, 1, 1) and today and x", "t occurs between date(2031, 1, 1) and today and x")]
    [InlineData("Chain(xEvent, a.timestamp, [what(x), B: What(y) where(z) count(< 4) when(on today), gap(> 2 hour), what(z) count(= 2)])",
        "CHAIN(xEvent, a.timestamp, [WHAT(x), B: WHAT(y) WHEN(today) WHERE(z) COUNT(<= 3), GAP(> 2 hours), WHAT(z) COUNT(= 2)])")]
    [InlineData("@{abc;version=1}.x = $1.y", "@{abc;version=1}.x = $1.y")]
    [InlineData("inSegment(\"x\")", "inSegment(\"x\")")]
    [InlineData("x == 1 and y <> 2", "x = 1 and y != 2")]
    [InlineData("[] = [a, [1]]", "[] = [a, [1]]")]
    public void Normalize_OfText_IsCanonical(string query, string expected)
    {
        PqlConversion result = PqlCompiler.Normalize(query, PqlFormat.Text);
        Assert.Equal(expected, result.Converted);
        Assert.Equal(expected, PqlCompiler.Normalize(expected, PqlFormat.Text).Converted);
        string json = PqlCompiler.Convert(expected, PqlFormat.Text).Converted!;
        PqlConversion back = PqlCompiler.Convert(json, PqlFormat.Json);
        Assert.True(back.Converted is not null, json + string.Join('\n', back.Diagnostics));
        Assert.Equal(json, PqlCompiler.Convert(back.Converted!, PqlFormat.Text).Converted);
    }
}
