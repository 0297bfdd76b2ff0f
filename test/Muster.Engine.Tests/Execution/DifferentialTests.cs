using CsCheck;
using Muster.Engine.Planning;
using Muster.Engine.Tests.Specs;
using Muster.Pql;
using Muster.Pql.Types;

namespace Muster.Engine.Tests.Execution;

public sealed class DifferentialTests
{
    private const int QueriesPerPlan = 20;
    private const int LongestQuery = 350;

    /// <summary>
    /// The vectorised engine and the interpreter select the same profiles for any query, however profiles are cut into blocks.
    /// </summary>
    [Fact]
    public void Evaluate_RandomQueries_AgreesWithInterpreter() =>
        Gen.Int[0, 1_000_000].Sample(seed => Check(seed, RandomProfiles.Schema), threads: 1);

    /// <summary>The same under schemas that know only a part of what is asked.</summary>
    [Fact]
    public void Evaluate_RandomQueriesUnderRandomSchemas_AgreesWithInterpreter() =>
        Gen.Int[0, 1_000_000].Sample(seed => Check(seed, RandomProfiles.Part(seed)), iter: 30, threads: 1);

    /// <summary>Negation: not is the complement, != and notIn are not where a side is null.</summary>
    [Fact]
    public void Evaluate_Negations_AreLaws() => Gen.Int[0, 1_000_000].Sample(seed =>
    {
        var random = new Random(seed);
        string truth;
        do truth = RandomQuery.Make(random.Next());
        while (truth.Length > LongestQuery || !PqlCompiler.CompileSegment(truth, PqlFormat.Text, RandomProfiles.Schema).Succeeded);
        string a = new[] { "age", "points", "address.zip", "stats.a.n" }[random.Next(4)], b = new[] { "points", "2", "items.head().quantity" }[random.Next(3)];
        string[] texts = [$"({truth})", $"not ({truth})", $"{a} = {b}", $"{a} != {b}", $"not ({a} = {b})", $"({a}).isNull() or ({b}).isNull()", $"{a} in numbers", $"{a} notIn numbers",
            $"({a}).isNull() or numbers.isNull()"];
        var segments = texts.Select((text, i) => QueryRunner.Compile($"s{i}", text, RandomProfiles.Schema)).ToList();
        List<int>[] found = new QueryRunner(RandomProfiles.Schema, RandomProfiles.Now, RandomProfiles.Make(seed, 40)).ByEngine(segments, int.MaxValue);
        int[] all = [.. Enumerable.Range(1, 40)];
        Assert.Equal(all, found[0].Concat(found[1]).Order());
        Assert.Equal(all.Except(found[2]), found[4]);
        Assert.Equal(all, found[2].Concat(found[3]).Concat(found[5]).Order());
        Assert.Equal(all, found[6].Concat(found[7]).Concat(found[8]).Order());
    }, iter: 60, threads: 1);

    /// <summary>The random queries are worth asking: most compile, most of those have a vectorised form.</summary>
    [Fact]
    public void RandomQueries_Compiled_AreMostlyVectorised()
    {
        List<SegmentQuery> queries = Enumerable.Range(0, 400)
            .Select(seed => (seed, PqlCompiler.CompileSegment(RandomQuery.Make(seed), PqlFormat.Text, RandomProfiles.Schema).Query))
            .Where(pair => pair.Query is not null).Select(pair => new SegmentQuery($"q{pair.seed}", pair.Query!)).ToList();
        int interpreted = queries.Count(query => EvaluationPlan.Create([query], RandomProfiles.Schema).Print().Contains("interpret", StringComparison.Ordinal));
        Assert.True(queries.Count > 300, $"{queries.Count} of 400 compile");
        Assert.True(interpreted * 3 < queries.Count, $"{interpreted} of {queries.Count} are interpreted");
    }

    private static void Check(int seed, ProfileSchema schema)
    {
        var random = new Random(seed);
        var segments = new List<SegmentQuery>();
        var texts = new Dictionary<string, string>();
        while (segments.Count < QueriesPerPlan)
        {
            string text = RandomQuery.Make(random.Next());
            // Long ones nest quantifiers so deep that the interpreter takes minutes.
            if (text.Length > LongestQuery || PqlCompiler.CompileSegment(text, PqlFormat.Text, schema).Query is not { } query) continue;
            texts.Add($"s{segments.Count}", text);
            segments.Add(new SegmentQuery($"s{segments.Count}", query));
        }
        var runner = new QueryRunner(schema, RandomProfiles.Now, RandomProfiles.Make(seed, 70));
        List<int>[] expected = runner.ByInterpreter(segments);
        void Agrees(string how, int size, PlanOptions options)
        {
            List<int>[] found = runner.ByEngine(segments, size, options);
            for (int i = 0; i < segments.Count; i++)
                if (!expected[i].SequenceEqual(found[i]))
                    Assert.Fail(
                        $"{texts[segments[i].Id]}\n{how}: expected {string.Join(' ', expected[i])}, found {string.Join(' ', found[i])}\n"
                        + EvaluationPlan.Create([segments[i]], schema, options).Print());
        }
        Agrees("one block", int.MaxValue, PlanOptions.Default);
        Agrees("blocks of 7", 7, new PlanOptions { AsOf = RandomProfiles.Now });
        Agrees("blocks of 1", 1, PlanOptions.Default);
        string rule = PlanRules.Names[random.Next(PlanRules.Names.Count)];
        Agrees("without " + rule, int.MaxValue,
            new PlanOptions { WithoutRules = new HashSet<string> { rule }, AsOf = random.Next(2) == 0 ? RandomProfiles.Now : null });
        Agrees("without rules", int.MaxValue, new PlanOptions { WithoutRules = PlanRules.Names.ToHashSet() });
    }
}
