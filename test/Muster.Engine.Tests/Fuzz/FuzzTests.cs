using System.Diagnostics;
using System.Globalization;
using Muster.Engine.Planning;
using Muster.Engine.Tests.Specs;
using Muster.Pql;
using Muster.Pql.Classification;
using Muster.Pql.Types;
using Muster.TestSupport;

namespace Muster.Engine.Tests.Fuzz;

/// <summary>
/// Three targets over changed queries of the scripts and of specs/fuzz: the text form and the JSON form are read without an exception and keep
/// their meaning when written again; and any text that binds is evaluated alike by both evaluators. A bounded run with fixed seeds here;
/// MUSTER_FUZZ_SECONDS makes each target run so long with fresh ones.
/// </summary>
public sealed class FuzzTests
{
    private const int Bounded = 1500;

    // Longer or deeper ones may take the interpreter minutes.
    private const int LongestTruth = 300, MostVariables = 4;

    private static readonly int? Seconds = int.TryParse(Environment.GetEnvironmentVariable("MUSTER_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out int seconds) ? seconds : null;

    private static readonly string[] Corpus = [.. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "specs", "fuzz")).Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    [Fact]
    public void Text_OfAnyKind_IsReadAndWrittenAgain()
    {
        string[] texts = [.. Corpus, .. SpecFiles.Names.SelectMany(name => SpecFiles.Read(name).Queries).Where(q => q.Kind != "json").Select(q => q.Text)];
        Run(texts, text =>
        {
            PqlConversion json = PqlCompiler.Convert(text, PqlFormat.Text);
            PqlCompiler.CompileSegment(text, PqlFormat.Text, ProfileSchema.Untyped);
            if (json.Converted is null) return;
            string again = PqlCompiler.Convert(PqlCompiler.Convert(json.Converted, PqlFormat.Json).Converted!, PqlFormat.Text).Converted!;
            Assert.Equal(json.Converted, again);
            string printed = PqlCompiler.Normalize(text, PqlFormat.Text).Converted!;
            Assert.Equal(printed, PqlCompiler.Normalize(printed, PqlFormat.Text).Converted);
        });
    }

    [Fact]
    public void Json_OfAnyKind_IsReadAndWrittenAgain()
    {
        string[] trees = SpecFiles.Names.SelectMany(name => SpecFiles.Read(name).Queries)
            .Select(q => q.Kind == "json" ? q.Text : PqlCompiler.Convert(q.Text, PqlFormat.Text).Converted).OfType<string>().ToArray();
        Run(trees, json =>
        {
            PqlConversion text = PqlCompiler.Convert(json, PqlFormat.Json);
            PqlCompiler.CompileSegment(json, PqlFormat.Json, ProfileSchema.Untyped);
            if (text.Converted is null || PqlCompiler.Normalize(json, PqlFormat.Json).Converted is not { } canonical) return;
            Assert.Equal(canonical, PqlCompiler.Convert(text.Converted, PqlFormat.Text).Converted);
        });
    }

    [Fact]
    public void Truth_OfAnyTextThatBinds_IsTheSameInBothEvaluators()
    {
        PqlSpec[] specs = SpecFiles.Names.Select(SpecFiles.Read).Where(spec => spec.Queries.Count(q => q.Kind == "query") > 4).ToArray();
        int bound = 0;
        for (int i = 0; i < specs.Length; i++)
        {
            PqlSpec spec = specs[i];
            var runner = new QueryRunner(spec.Schema, spec.Now, spec.Profiles);
            Run(spec.Queries.Where(q => q.Kind == "query").Select(q => q.Text).ToArray(), text =>
            {
                if (text.Length > LongestTruth || text.Split(" from ").Length > MostVariables) return;
                if (PqlCompiler.CompileSegment(text, PqlFormat.Text, spec.Schema).Query is not { } query) return;
                bound++;
                QueryClassification.Of(query);
                var segment = new SegmentQuery("q", query);
                Assert.Equal(runner.ByInterpreter([segment])[0], runner.ByEngine([segment], int.MaxValue)[0]);
            }, share: specs.Length, salt: i);
        }
        Assert.True(bound > Bounded / 10, $"only {bound} texts bind");
    }

    private static void Run(IReadOnlyList<string> corpus, Action<string> target, int share = 1, int salt = 0)
    {
        foreach (string text in corpus) Try(target, text);
        var random = new Random(Seconds is null ? 17 + salt : Environment.TickCount + salt);
        var mutation = new Mutation(random, corpus);
        var watch = Stopwatch.StartNew();
        for (int i = 0; Seconds is null ? i < Bounded / share : watch.Elapsed.TotalSeconds < (double)Seconds / share; i++) Try(target, mutation.Next());
    }

    private static void Try(Action<string> target, string text)
    {
        try
        {
            target(text);
        }
        catch (Exception fault)
        {
            Assert.Fail($"{System.Text.Json.JsonSerializer.Serialize(text)}\n{fault}");
        }
    }
}
