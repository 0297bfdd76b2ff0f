using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Engine.Tests.Specs;

namespace Muster.Engine.Tests.Execution;

public sealed class CostMeterTests
{
    private const string SelfJoin = "exists A from xEvent, B from xEvent, C from xEvent where A.price + B.price + C.price > 1e6";

    [Fact]
    public void Report_SharedExpression_IsDividedAmongItsUsers()
    {
        CostReport report = Run(null, "name = \"a\" and age > 3", "name = \"a\" and points > 3", "vip").Costs;
        ExpressionCost shared = report.Expressions.Single(e => e.Text.EndsWith("= \"a\"", StringComparison.Ordinal));
        Assert.Equal(2, shared.Users);
        Assert.Equal(70, shared.Work);
        Assert.Equal(report.TotalWork, report.Segments.Sum(s => s.Work), 6);
        Assert.Equal(report.Segments[0].Work, report.Segments[1].Work);
        Assert.All(report.Segments.Take(2), s => Assert.InRange(s.MarginalWork, 1, s.Work - 1));
        // What nobody else uses is its own to the last unit.
        Assert.Equal(report.Segments[2].Work, report.Segments[2].MarginalWork);
    }

    [Fact]
    public void Report_EqualitiesOfOneColumn_AreOnePass()
    {
        CostReport report = Run(null, "name = \"a\"", "name = \"b\"", "name = \"c\"").Costs;
        Assert.Equal([24, 23, 23], report.Expressions.Where(e => e.Text.Contains('=', StringComparison.Ordinal)).Select(e => e.Work));
    }

    [Fact]
    public void Report_SegmentOfSegments_BearsItsShare()
    {
        CostReport report = Run(null, "name = \"a\"", "inSegment(\"s0\")").Costs;
        Assert.Equal(report.Segments[0].Work, report.Segments[1].Work);
        Assert.Equal(0, report.Segments[0].MarginalWork);
    }

    [Fact]
    public void Report_AnyBlocksAndThreads_SameWork()
    {
        string[] queries = Enumerable.Range(0, 400).Select(RandomQuery.Make).Where(text => text.Length < 200).Take(60).ToArray();
        CostReport first = Run(null, queries).Costs, second = Run(null, queries).Costs;
        Assert.Equal(first.Segments.Select(s => s.Work), second.Segments.Select(s => s.Work));
    }

    [Fact]
    public void Evaluate_DefinitionOverBudget_FailsAlone()
    {
        (CostReport report, int[] counts, IReadOnlyDictionary<string, string> failures) = Run(new WorkBudget(8_000, 1_000_000), "age > 1",
            SelfJoin, "age > 2");
        (string id, string why) = Assert.Single(failures);
        Assert.Equal("s1", id);
        Assert.Contains("8000 units", why, StringComparison.Ordinal);
        Assert.Equal(why, report.Segments[1].Failure);
        Assert.True(counts[0] > 0 && counts[2] > 0);
        // It stopped soon after it had gone over the budget.
        Assert.InRange(report.Segments[1].Work, 8_000, 100_000);
    }

    [Fact]
    public void Evaluate_SharedExpressionOverBudget_FailsItsUsers()
    {
        IReadOnlyDictionary<string, string> failures = Run(new WorkBudget(1_000_000, 1_000), "age > 1", $"({SelfJoin}) and vip",
            $"age = 2 or ({SelfJoin})", "age > 2").Failures;
        Assert.Equal(["s1", "s2"], failures.Keys.Order(StringComparer.Ordinal));
        Assert.All(failures.Values, why => Assert.StartsWith("An expression that it shares with 1 others", why, StringComparison.Ordinal));
    }

    [Fact]
    public void Evaluate_OverBudgetOrNot_OthersHaveTheSameMembers()
    {
        string[] queries = ["age > 1", SelfJoin, "name = \"a\" or vip", "xEvent.count() > 3"];
        int[] bounded = Run(new WorkBudget(8_000, 8_000), queries).Counts, free = Run(null, queries).Counts;
        Assert.Equal([free[0], free[2], free[3]], [bounded[0], bounded[2], bounded[3]]);
    }

    [Fact]
    public void Evaluate_MeterOfAnotherPlan_IsRefused()
    {
        EvaluationPlan first = Plan("vip"), second = Plan("vip");
        Assert.Throws<ArgumentException>(() => first.CreateEvaluator(new CostMeter(second)));
    }

    private static (CostReport Costs, int[] Counts, IReadOnlyDictionary<string, string> Failures) Run(WorkBudget? budget,
        params string[] queries)
    {
        EvaluationPlan plan = Plan(queries);
        var meter = new CostMeter(plan, budget);
        var result = new EvaluationResult();
        var runner = new QueryRunner(RandomProfiles.Schema, RandomProfiles.Now, RandomProfiles.Make(1, 70));
        int[] counts = new int[plan.Segments.Count];
        foreach (Block block in runner.Blocks(int.MaxValue))
        {
            plan.Evaluate(block, RandomProfiles.Now, NoSegmentMembers.Instance, result, meter);
            for (int i = 0; i < counts.Length; i++) counts[i] += result.CountMembers(i);
        }
        return (meter.Report(), counts, meter.Failures);
    }

    private static EvaluationPlan Plan(params string[] queries) => EvaluationPlan.Create(
        queries.Select((text, i) =>
            (Id: $"s{i}", Compilation: Pql.PqlCompiler.CompileSegment(text, Pql.PqlFormat.Text, RandomProfiles.Schema)))
            .Where(pair => pair.Compilation.Query is not null).Select(pair => new SegmentQuery(pair.Id, pair.Compilation.Query!)).ToList(),
                RandomProfiles.Schema);
}
