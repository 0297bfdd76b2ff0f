using System.Text.Json;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Engine.Tests.Specs;

namespace Muster.Engine.Tests.Execution;

/// <summary>What has a kernel is not interpreted row by row, and what looks quadratic is not.</summary>
public sealed class KernelPlanTests
{
    [Theory]
    [InlineData("xEvent.topN(price, 3).sum(price) > 5")]
    [InlineData("xEvent[eventType = \"a\"].bottomN(quantity, 2).head().eventType = \"b\"")]
    [InlineData("xEvent.groupBy(eventType).count() = 2")]
    [InlineData("xEvent[price > 1].groupBy(eventType).map((K, G) => mapEntry(K, G.count())).get(\"a\") > 1")]
    [InlineData("xEvent.groupBy(quantity).map((K, G) => mapEntry(K, G.sum(price))).values().exists(this > 1.5)")]
    [InlineData("xEvent.groupBy(quantity).keys().exists(this = 2)")]
    [InlineData("xEvent.groupBy(eventType).map(this.count()).max() > 2")]
    [InlineData("tags.intersection([\"a\", \"b\"]).count() = 2")]
    [InlineData("tags.intersection(xEvent.eventType)")]
    [InlineData("tags.intersection([\"a\"]) = [\"a\"]")]
    [InlineData("tags = [\"a\", \"b\"]")]
    [InlineData("tags != items.sku")]
    [InlineData("xEvent.map(quantity).distinctCountWithNull() > 1")]
    [InlineData("tags.distinct().count() > 1")]
    [InlineData("tags.join(\"-\") = \"a-b\"")]
    [InlineData("xEvent.topN(price, 2).eventType.join(\",\") = \"a,b\"")]
    [InlineData("labels.keys().distinct().count() = 1")]
    [InlineData("labels.values().exists(this = \"a\")")]
    [InlineData("(min L.price over E from xEvent where E.quantity > 1, L from E.lines where L.quantity > 0) > 1")]
    [InlineData("(average L.price over E from xEvent where E.quantity > 1, L from E.lines where L.quantity > 0) > 1")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(eventType = \"a\") COUNT(0, 1), B: WHAT(eventType = \"b\") COUNT(1, 3), C: WHAT(true)])")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(eventType = \"a\"), GAP(<= 2 months), B: WHAT(eventType = \"b\") COUNT(2)])")]
    public void Create_Query_HasAKernel(string text) =>
        Assert.DoesNotContain("interpret", EvaluationPlan.Create([QueryRunner.Compile("a", text, RandomProfiles.Schema)],
            RandomProfiles.Schema).Print(), StringComparison.Ordinal);

    /// <summary>Twice the events cost about twice the work, not four times.</summary>
    [Theory]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(eventType = \"a\"), GAP(<= 3 minutes), B: WHAT(eventType = \"zz\")])")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(eventType = \"a\"), GAP(= 30 minutes), B: WHAT(eventType = \"b\"), GAP(= 30 minutes), C: WHAT(eventType = \"a\" and price > 1e6)])")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(eventType = \"a\"), GAP(<= 20 minutes), B: WHAT(eventType = \"b\") COUNT(11, 12), C: WHAT(price > 1e6)])")]
    [InlineData("exists A from xEvent where A.eventType = \"a\", B from xEvent where B.eventType = \"zz\" and B.timestamp occurs <= 3 minutes after A.timestamp")]
    [InlineData("exists A from xEvent where A.eventType = \"a\", B from xEvent where B.price > 1e6 and A.timestamp occurs < 3 minutes before B.timestamp")]
    [InlineData("exists A from xEvent, B from xEvent where B.timestamp > A.timestamp and B.timestamp occurs <= 3 minutes after A.timestamp and B.price + A.price > 1e6")]
    [InlineData("(select A from xEvent, B from xEvent where B.timestamp > A.timestamp).count() < 0")]
    public void Evaluate_ThenWithinATime_IsNearLinear(string text)
    {
        EvaluationPlan plan = EvaluationPlan.Create([QueryRunner.Compile("a", text, RandomProfiles.Schema)], RandomProfiles.Schema);
        Assert.DoesNotContain("interpret", plan.Print(), StringComparison.Ordinal);
        long few = Work(plan, 5_000), many = Work(plan, 10_000);
        Assert.InRange(few, 1, 40 * 5_000);
        Assert.InRange(many, few, few * 2.3);
    }

    private static long Work(EvaluationPlan plan, int events)
    {
        var costs = new CostMeter(plan);
        var result = new EvaluationResult();
        Evaluator evaluator = plan.CreateEvaluator(costs);
        evaluator.Evaluate(Profile(events), RandomProfiles.Now, NoSegmentMembers.Instance, result);
        Assert.Equal(0, result.CountMembers(0));
        return costs.Report().TotalWork;
    }

    private static Block Profile(int events)
    {
        DateTimeOffset start = DateTimeOffset.FromUnixTimeMilliseconds(RandomProfiles.Now).AddDays(-200);
        var all = Enumerable.Range(0, events).Select(i => new
        {
            timestamp = start.AddMinutes(i).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
            eventType = i % 2 == 0 ? "a" : "b",
            price = i % 10 + 0.5,
        });
        var builder = new BlockBuilder(RandomProfiles.Schema);
        builder.Add(1, JsonSerializer.SerializeToElement(new { xEvent = all }));
        return builder.Build();
    }
}
