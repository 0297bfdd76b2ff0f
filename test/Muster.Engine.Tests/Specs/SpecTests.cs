using Muster.Engine.Planning;
using Muster.Pql;
using Muster.Pql.Types;

namespace Muster.Engine.Tests.Specs;

/// <summary>Every script under every configuration: interpreter and engine, small and whole blocks, other columns, through the JSON form.</summary>
public sealed class SpecTests
{
    public static TheoryData<string> Rules => new([.. PlanRules.Names, "all"]);

    public static TheoryData<string> Files => new(SpecFiles.Names);

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_ByInterpreter_SelectsMembers(string name) => Check(name, (runner, segments) => runner.ByInterpreter(segments));

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_ByEngineInOneBlock_SelectsMembers(string name) => Check(name, (runner, segments) => runner.ByEngine(segments, int.MaxValue));

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_ByEngineInBlocksOfSeven_SelectsMembers(string name) => Check(name, (runner, segments) => runner.ByEngine(segments, 7));

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_ByEngineInBlocksOfOne_SelectsMembers(string name) => Check(name, (runner, segments) => runner.ByEngine(segments, 1));

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_ByEngineOverOtherColumns_SelectsMembers(string name) =>
        Check(name, (runner, segments) => runner.ByEngine(segments, int.MaxValue, encode: OtherColumns.Of));

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_ByInterpreterOverOtherColumns_SelectsMembers(string name) =>
        Check(name, (runner, segments) => runner.ByInterpreter(segments, OtherColumns.Of));

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_ThroughJsonForm_SelectsMembers(string name) =>
        Check(name, (runner, segments) => runner.ByEngine(segments, int.MaxValue), QueryRunner.CompileThroughJson);

    [Theory]
    [MemberData(nameof(Rules))]
    public void Spec_WithoutARule_SelectsTheSameMembers(string rule)
    {
        var options = new PlanOptions { WithoutRules = (rule == "all" ? PlanRules.Names : [rule]).ToHashSet() };
        foreach (string name in Files.Select(file => file.Data))
            Check(name, (runner, segments) => runner.ByEngine(segments, int.MaxValue, options));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_ByInterpreter_HasValues(string name)
    {
        PqlSpec spec = SpecFiles.Read(name);
        var runner = new QueryRunner(spec.Schema, spec.Now, spec.Profiles);
        AssertNone(spec.Queries.Where(query => query.Kind == "value").Select(query =>
            (query, found: string.Join(" | ", runner.Values(query.Text).Select(ValueText.Of)), wanted: string.Join(" | ", query.Values().Select(ValueText.Canonical)))));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_WithTheInstantKnown_SelectsMembers(string name) =>
        Check(name, (runner, segments) => runner.ByEngine(segments, int.MaxValue, new PlanOptions { AsOf = runner.Now }));

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_OfCompiler_HasDiagnostics(string name)
    {
        PqlSpec spec = SpecFiles.Read(name);
        AssertNone(spec.Queries.Where(query => query.Kind == "diagnose").Select(query =>
        {
            PqlFormat format = query.Text.StartsWith('{') && query.Text.Contains("nodeType", StringComparison.Ordinal) ? PqlFormat.Json : PqlFormat.Text;
            PqlCompilation compilation = PqlCompiler.CompileSegment(query.Text, format, spec.Schema);
            string found = string.Join(' ', compilation.Diagnostics.Select(d => d.Code));
            return (query, found.Length == 0 ? "none" : found, query.Answer);
        }));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_OfParser_HasTree(string name)
    {
        PqlSpec spec = SpecFiles.Read(name);
        AssertNone(spec.Queries.Where(query => query.Kind == "same").Select(query => (query, TreeOf(query.Text), TreeOf(query.Answer))));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Spec_OfForms_IsJsonAndBack(string name)
    {
        PqlSpec spec = SpecFiles.Read(name);
        AssertNone(spec.Queries.Where(query => query.Kind == "form").SelectMany(query =>
        {
            string json = TreeOf(query.Text);
            string? text = PqlCompiler.Convert(json, PqlFormat.Json).Converted;
            return new[] { (query, json, query.Answer), (query, text is null ? "no text" : TreeOf(text), query.Answer) };
        }));
    }

    private static string TreeOf(string text) => PqlCompiler.Convert(text, PqlFormat.Text) is { Converted: { } json }
        ? json : string.Join(" ", PqlCompiler.Convert(text, PqlFormat.Text).Diagnostics);

    private static void Check(string name, Func<QueryRunner, IReadOnlyList<SegmentQuery>, List<int>[]> evaluate) => Check(name, evaluate, QueryRunner.Compile);

    private static void Check(
        string name, Func<QueryRunner, IReadOnlyList<SegmentQuery>, List<int>[]> evaluate, Func<string, string, ProfileSchema, SegmentQuery> compile)
    {
        PqlSpec spec = SpecFiles.Read(name);
        SpecQuery[] queries = spec.Queries.Where(query => query.Kind is "query" or "json").Concat(spec.Queries.SelectMany(query => query.AsTests(spec))).ToArray();
        List<SegmentQuery> segments = queries
            .Select(query => query.Kind == "json" ? QueryRunner.CompileJson(query.Id, query.Text, spec.Schema) : compile(query.Id, query.Text, spec.Schema)).ToList();
        List<int>[] members = evaluate(new QueryRunner(spec.Schema, spec.Now, spec.Profiles), segments);
        AssertNone(queries.Select((query, i) => (query, members[i].Count == 0 ? "none" : string.Join(' ', members[i]), query.Answer)));
    }

    private static void AssertNone(IEnumerable<(SpecQuery Query, string Found, string Wanted)> answers)
    {
        string wrong = string.Join('\n', answers.Where(answer => answer.Found != answer.Wanted)
            .Select(answer => $"{answer.Query.Text}\n  expected {answer.Wanted}, found {answer.Found}"));
        if (wrong.Length > 0) Assert.Fail(wrong);
    }
}
