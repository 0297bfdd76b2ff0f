using Muster.Engine.Planning;
using Muster.Pql.Types;
using Muster.TestSupport;

namespace Muster.Engine.Tests.Specs;

public sealed class SpecTests
{
    public static TheoryData<string> Rules => new([.. PlanRules.Names, "all"]);

    public static TheoryData<string> Files => new(Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "specs"), "*.pqlspec")
        .Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal));

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
    public void Spec_WithTheInstantKnown_SelectsMembers(string name) =>
        Check(name, (runner, segments) => runner.ByEngine(segments, int.MaxValue, new PlanOptions { AsOf = runner.Now }));

    private static void Check(string name, Func<QueryRunner, IReadOnlyList<SegmentQuery>, List<int>[]> evaluate) => Check(name, evaluate, QueryRunner.Compile);

    private static void Check(
        string name, Func<QueryRunner, IReadOnlyList<SegmentQuery>, List<int>[]> evaluate, Func<string, string, ProfileSchema, SegmentQuery> compile)
    {
        PqlSpec spec = PqlSpec.Read(Path.Combine(RepositoryRoot.Path, "specs", name + ".pqlspec"));
        List<SegmentQuery> segments = spec.Queries.Select(query => compile(query.Id, query.Text, spec.Schema)).ToList();
        List<int>[] members = evaluate(new QueryRunner(spec.Schema, spec.Now, spec.Profiles), segments);
        IEnumerable<string> failures = spec.Queries
            .Select((query, i) => (query, found: members[i].Count == 0 ? "none" : string.Join(' ', members[i])))
            .Where(pair => pair.found != pair.query.Members)
            .Select(pair => $"{pair.query.Text}\n  expected {pair.query.Members}, found {pair.found}");
        Assert.Equal("", string.Join('\n', failures));
    }
}
