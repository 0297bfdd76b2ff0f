using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Engine.Tests.Specs;
using Muster.Pql.Types;

namespace Muster.Engine.Tests.Execution;

/// <summary>What an evaluation allocates, and a profile that is larger than all others together.</summary>
public sealed class MemoryTests
{
    private static readonly ProfileSchema Schema = new(
        TypeNotation.Parse("{age: Integer, city: String, score: Double, xEvent: [{timestamp: Timestamp, eventType: String, price: Double, lines: [{sku: String, quantity: Integer}]}]}"),
        isOpen: false);

    private static readonly string[] Queries =
    [
        "city = \"c1\" and age > 30", "city != \"c2\" or score > 0.5", "city in [\"c1\", \"c3\"]", "not (age > 10 and score < 0.5)",
        "xEvent[eventType = \"t1\" and price > 5].count() >= 2",
            "xEvent.exists(eventType = \"t2\" and timestamp occurs <= 3 days before now)",
        "CHAIN(xEvent, timestamp, [A: WHAT(eventType = \"t1\"), B: WHAT(eventType = \"t2\")])",
        "CHAIN(xEvent, timestamp, [A: WHAT(eventType = \"t1\"), GAP(<= 1 hour), B: WHAT(eventType = \"t2\")])",
        "xEvent.exists(lines.exists(sku = \"s1\" and quantity > 1))", "xEvent.sum(price) > 100", "xEvent.eventType.distinct().count() = 3",
        "exists A from xEvent where A.eventType = \"t1\", B from xEvent where B.eventType = \"t2\" and B.timestamp occurs <= 1 hour after A.timestamp",
    ];

    /// <summary>Once the buffers are there, ten times the rows allocate what the vectors of one block do: nothing for a row.</summary>
    [Fact]
    public void Evaluate_MoreRows_AllocatesNothingMore()
    {
        EvaluationPlan plan = Plan();
        long few = Allocated(plan, 2_000), many = Allocated(plan, 20_000);
        Assert.InRange(few, 0, 400 * plan.Nodes.Count);
        // Lists that are kept may still grow now and then; a byte a row would be 18,000.
        Assert.InRange(many, 0, few + 4_096);
    }

    [Fact]
    public void Evaluate_ProfileOfTwoMillionEvents_NeedsMemoryForItsColumnsOnly()
    {
        Block block = Make(1, 2_000_000);
        EvaluationPlan plan = Plan();
        var costs = new CostMeter(plan);
        Evaluator evaluator = plan.CreateEvaluator(costs);
        var result = new EvaluationResult();
        long before = GC.GetAllocatedBytesForCurrentThread();
        evaluator.Evaluate(block, Now, NoSegmentMembers.Instance, result);
        // A bitmap an expression over events, and a few arrays of rows and offsets: far less than the square of the events.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300_000_000);
        Assert.True(result.IsMember(5, 0) && result.IsMember(6, 0) && result.IsMember(11, 0));
        CostReport report = costs.Report();
        Assert.True(report.TotalWork < 2_000_000L * 60, string.Join("\n", report.Expressions.OrderByDescending(e => e.Work).Take(8)));
    }

    [Fact]
    public void Evaluate_PairsOfTwoMillionEvents_StopAtTheFirst()
    {
        Block block = Make(1, 2_000_000);
        EvaluationPlan plan =
            EvaluationPlan.Create([QueryRunner.Compile("a",
            "exists A from xEvent where A.price > 9, B from xEvent where A.price + B.price > 11", Schema)], Schema);
        var costs = new CostMeter(plan, new WorkBudget(20_000_000, 20_000_000));
        var result = new EvaluationResult();
        plan.Evaluate(block, Now, NoSegmentMembers.Instance, result, costs);
        // Each outer event needs a chunk at most, yet all of them together go over the budget, so the definition is stopped.
        Assert.Equal(["a"], costs.Failures.Keys);
        // Of the expressions over pairs each is counted too.
        Assert.InRange(costs.Report().TotalWork, 20_000_000, 120_000_000);
    }

    private const long Now = 1_900_000_000_000;

    private static EvaluationPlan Plan() =>
        EvaluationPlan.Create(Queries.Select((text, i) => QueryRunner.Compile($"s{i}", text, Schema)).ToList(), Schema);

    private static long Allocated(EvaluationPlan plan, int profiles)
    {
        Block block = Make(profiles, 10);
        Evaluator evaluator = plan.CreateEvaluator();
        var result = new EvaluationResult();
        for (int i = 0; i < 3; i++) evaluator.Evaluate(block, Now, NoSegmentMembers.Instance, result);
        long before = GC.GetAllocatedBytesForCurrentThread();
        evaluator.Evaluate(block, Now, NoSegmentMembers.Instance, result);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Block Make(int profiles, int events)
    {
        int all = profiles * events;
        var lines = new Level(all, Enumerable.Range(0, all + 1).ToArray(), new Dictionary<string, Column>
        {
            ["sku"] = Coded(all, 3, "s"),
            ["quantity"] = new Int64Column(Enumerable.Range(0, all).Select(i => i % 4L).ToArray(), null),
        }, new Dictionary<string, Level>());
        var happened = new Level(all, Enumerable.Range(0, profiles + 1).Select(i => i * events).ToArray(), new Dictionary<string, Column>
        {
            ["timestamp"] = new Int64Column(Enumerable.Range(0, all).Select(i => Now - (events - i % events) * 1000L).ToArray(), null),
            ["eventType"] = Coded(all, 3, "t"),
            ["price"] = new DoubleColumn(Enumerable.Range(0, all).Select(i => i % 11 * 1.0).ToArray(), null),
        }, new Dictionary<string, Level> { ["lines"] = lines });
        var root = new Level(profiles, null, new Dictionary<string, Column>
        {
            ["age"] = new Int64Column(Enumerable.Range(0, profiles).Select(i => i % 90L).ToArray(), null),
            ["city"] = Coded(profiles, 5, "c"),
            ["score"] = new DoubleColumn(Enumerable.Range(0, profiles).Select(i => i % 10 / 10.0).ToArray(), null),
        }, new Dictionary<string, Level> { ["xEvent"] = happened });
        return new Block(Enumerable.Range(0, profiles).Select(i => (long)i).ToArray(), null, root);
    }

    private static CodedColumn Coded(int count, int values, string prefix) => new(
        Enumerable.Range(0, count).Select(i => i % values).ToArray(),
            new StringDictionary(Enumerable.Range(0, values).Select(i => prefix + i).ToArray()), null);
}
