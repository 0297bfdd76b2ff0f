using System.Reflection;
using System.Text.RegularExpressions;
using Muster.Pql.Diagnostics;
using Muster.TestSupport;

namespace Muster.Pql.Tests.Diagnostics;

public sealed class DiagnosticsTests
{
    [Theory]
    // Each expectation: code@start+length, in order; the code alone for errors, with a question mark for warnings.
    [InlineData("age # 3", "lex.badChar@4+1 parse.expected@6+1")]
    [InlineData("age > 99999999999999999999", "lex.badNumber@6+20")]
    [InlineData("age > 1e999", "lex.badNumber@6+5")]
    [InlineData("plan = \"gold", "lex.unterminatedString@7+5")]
    [InlineData("plan = `a", "lex.unterminatedString@7+2")]
    [InlineData("plan matches \"\\d+\"", "?lex.unknownEscape@14+1")]
    [InlineData("", "parse.expected@0+0")]
    [InlineData("(age > 3", "parse.expected@8+0")]
    [InlineData("age > 3)", "parse.expected@7+1")]
    [InlineData("age > and plan = ", "parse.reservedWord@6+3 parse.expected@17+0")]
    [InlineData("f(age 3, plan 4) and (", "parse.expected@6+1 parse.expected@14+1 parse.expected@22+0")]
    [InlineData("1 < age < 3", "parse.expected@8+1")]
    [InlineData("next = 1", "parse.reservedWord@0+4")]
    [InlineData("age == 7", "?parse.lenient@4+2")]
    [InlineData("signup occurs <= days before now", "parse.expected@17+4")]
    [InlineData("signup occurs <= 3 dogs before now", "parse.expected@19+4")]
    [InlineData("chain(xEvent, timestamp, [])", "parse.expected@26+1")]
    [InlineData("let x = 3", "parse.expected@9+0")]
    [InlineData("persn.name = \"a\"", "bind.unknownName@0+5")]
    [InlineData("person.nam = \"a\"", "bind.unknownName@7+3")]
    [InlineData("persn.name = \"a\" and ag = 3", "bind.unknownName@0+5 bind.unknownName@21+2")]
    [InlineData("plan.startswith(\"g\")", "bind.unknownFunction@0+20")]
    [InlineData("plan.contains()", "bind.arity@0+15")]
    [InlineData("^age = 3", "?bind.upTooFar@0+1 ?type.alwaysFalse@0+8")]
    [InlineData("visits.sum(visit.cost) > 3", "?bind.pluralPrefix@11+5")]
    [InlineData("mapEntry(\"a\", 1)", "bind.misplaced@0+16")]
    [InlineData("$2 = 1", "bind.misplaced@0+2")]
    [InlineData("age = \"old\"", "type.mismatch@0+11")]
    [InlineData("age in [\"old\"]", "type.mismatch@0+14")]
    [InlineData("person = 3", "type.mismatch@0+10")]
    [InlineData("plan + 1 > 3 or age + plan > 3", "type.mismatch@22+4")]
    [InlineData("age.contains(\"x\")", "type.mismatch@0+3")]
    [InlineData("visits[0].cost > 3", "?type.dotOnArray@0+14 ?type.arrayComparison@0+18 type.mismatch@7+1")]
    [InlineData("age.exists(this > 3)", "type.notArray@0+3")]
    [InlineData("visits.cost.sum() > 3", "?type.dotOnArray@0+11")]
    [InlineData("toys = \"ball\"", "?type.arrayComparison@0+13")]
    [InlineData("plan = null", "?type.alwaysFalse@0+11")]
    [InlineData("person.active < true", "?type.alwaysFalse@0+20")]
    [InlineData("signup > date(2031, 2, 30)", "date.invalid@9+17")]
    [InlineData("plan matches \"(\"", "regex.invalid@13+3")]
    [InlineData("plan.contains(\"a\", person.active)", "type.mismatch@19+13")]
    [InlineData("signup occurs after age * 1.5", "type.mismatch@20+9")]
    [InlineData("signup occurs after \"soon\"", "type.mismatch@20+6")]
    [InlineData("chain(xEvent, time, [what(true)])", "bind.unknownName@14+4")]
    public void CompileSegment_OfDoubtfulQuery_ReportsWhereAndWhat(string query, string expected)
    {
        PqlCompilation compilation = PqlCompiler.CompileSegment(query, PqlFormat.Text, SampleSchema.Declared);
        IEnumerable<string> found = compilation.Diagnostics.Select(d =>
            $"{(d.Severity == DiagnosticSeverity.Warning ? "?" : "")}{d.Code}@{d.Span.Start}+{d.Span.Length}");
        Assert.Equal(expected, string.Join(' ', found));
        Assert.Equal(compilation.Diagnostics.All(d => d.Severity == DiagnosticSeverity.Warning), compilation.Succeeded);
    }

    [Fact]
    public void CompileSegment_OfUnknownNameInOpenSchema_Warns()
    {
        PqlCompilation compilation = PqlCompiler.CompileSegment("persn.name = \"a\"", PqlFormat.Text, SampleSchema.Inferred);
        Assert.True(compilation.Succeeded);
        Diagnostic warning = Assert.Single(compilation.Diagnostics);
        Assert.Equal(DiagnosticSeverity.Warning, warning.Severity);
        Assert.Contains("person", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Document_ListsExactlyTheCodes()
    {
        string document = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "diagnostics.md"));
        string[] listed = Regex.Matches(document, @"^\| `([a-z]+\.[a-zA-Z]+)` \|", RegexOptions.Multiline)
            .Select(m => m.Groups[1].Value).ToArray();
        string[] codes = typeof(DiagnosticCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (string)f.GetRawConstantValue()!).ToArray();
        Assert.Equal(codes.Order(), listed.Order());
    }
}
