using System.Text.Json;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Engine.Tests.Specs;
using Muster.Pql.Types;

namespace Muster.Engine.Tests.Execution;

public sealed class PlanTests
{
    private static readonly ProfileSchema Schema = new(
        TypeNotation.Parse("{age: Integer, city: String, home: {zip: String}, xEvent: [{timestamp: Timestamp, eventType: String, price: Double}]}"), isOpen: false);

    [Fact]
    public void Create_SameConditionUnderOtherNames_IsOneFormula()
    {
        EvaluationPlan plan = Plan(
            ("a", "exists E from xEvent where E.eventType = \"buy\" and E.price > 5"),
            ("b", "xEvent[price > 5 and eventType = \"buy\"].count() >= 1"),
            ("c", "CHAIN(xEvent, timestamp, [X: WHAT(true)])"));
        Assert.Same(plan.Roots[0], plan.Roots[1]);
        Assert.NotSame(plan.Roots[0], plan.Roots[2]);
    }

    [Fact]
    public void Print_SharedLeaves_AreListedOnce() => Assert.Equal(
        """
        #0 @ profile: column profile.city:Text
        #2 @ profile: #0 = "Rome"
        #3 @ profile: column profile.age:Int64
        #5 @ profile: #3 Greater 30
        #6 @ profile: and(#2, #5)
        #7 @ profile: or(#2, #5)
        a = #6
        b = #7

        """, Plan(("a", "city = \"Rome\" and age > 30"), ("b", "age > 30 or city = \"Rome\"")).Print().ReplaceLineEndings());

    [Fact]
    public void Request_Plan_NamesOnlyWhatIsRead()
    {
        ColumnRequest request = Plan(("a", "home.zip = \"1\" and xEvent[eventType = \"buy\"].count() > 1")).Request;
        Assert.Equal(["home.zip"], request.Columns);
        Assert.Equal(["xEvent"], request.Children.Keys);
        Assert.Equal(["eventType"], request.Children["xEvent"].Columns);
    }

    /// <summary>What chooses the element whose parts are counted is read too.</summary>
    [Fact]
    public void Request_CountOfPartsOfAChosenElement_NamesWhatChoosesIt()
    {
        ColumnRequest request = EvaluationPlan.Create(
            [QueryRunner.Compile("a", "xEvent[eventType = \"a\"].head().lines.count() > 1 and xEvent.groupBy(quantity).count() > 1",
                RandomProfiles.Schema)], RandomProfiles.Schema).Request;
        Assert.Equal(["eventType", "quantity"], request.Children["xEvent"].Columns);
    }

    [Fact]
    public void Create_SegmentsThatReferToEachOther_AreErrors()
    {
        EvaluationPlan plan = Plan(("a", "inSegment(\"b\")"), ("b", "inSegment(\"a\")"), ("c", "inSegment(\"a\") or age > 1"), ("d", "age > 1"));
        Assert.Equal(["a", "b", "c"], plan.Errors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Evaluate_RowsThatDoNotCount_AreNoMembers()
    {
        Block block = Build("{\"age\": 2}", "{\"age\": 3}", "{\"age\": 4}");
        var masked = new Block(block.Ordinals, [0b101], block.Profiles);
        var result = new EvaluationResult();
        Plan(("a", "age > 2"), ("b", "not (age > 2)")).Evaluate(masked, 0, NoSegmentMembers.Instance, result);
        Assert.Equal([0b100UL], result.Members(0).ToArray());
        Assert.Equal([0b001UL], result.Members(1).ToArray());
    }

    [Fact]
    public void Evaluate_SegmentOutsideOfThePlan_AsksForItsMembers()
    {
        var result = new EvaluationResult();
        Plan(("a", "inSegment(\"x\") and age > 2"), ("b", "inSegment(\"y\")"))
            .Evaluate(Build("{\"age\": 2}", "{\"age\": 3}", "{\"age\": 4}"), 0, new FirstTwo(), result);
        Assert.Equal(1, result.CountMembers(0));
        Assert.True(result.IsMember(0, 1));
        Assert.Equal(0, result.CountMembers(1));
    }

    [Fact]
    public void Evaluate_BlockWithoutTheColumns_IsAllNull()
    {
        var level = new Level(2, null, new Dictionary<string, Column>(), new Dictionary<string, Level>());
        var result = new EvaluationResult();
        Plan(("a", "age.isNull() and xEvent.count() = 0"), ("b", "xEvent.exists(price > 1) or city = \"x\""))
            .Evaluate(new Block([1, 2], null, level), 0, NoSegmentMembers.Instance, result);
        Assert.Equal(2, result.CountMembers(0));
        Assert.Equal(0, result.CountMembers(1));
    }

    [Fact]
    public void Evaluate_PairsOfManyEvents_NeedsBoundedMemory()
    {
        string events = string.Join(',', Enumerable.Range(0, 3_000).Select(i => $"{{\"eventType\": \"buy\", \"price\": {i}}}"));
        var result = new EvaluationResult();
        Block block = Build($"{{\"xEvent\": [{events}]}}");
        EvaluationPlan plan = Plan(("a", "exists A from xEvent, B from xEvent where A.price + B.price = 1e9"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        plan.Evaluate(block, 0, NoSegmentMembers.Instance, result);
        Assert.Equal(0, result.CountMembers(0));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    private static EvaluationPlan Plan(params (string Id, string Text)[] segments) =>
        EvaluationPlan.Create(segments.Select(s => QueryRunner.Compile(s.Id, s.Text, Schema)).ToList(), Schema);

    private static Block Build(params string[] records)
    {
        var builder = new BlockBuilder(Schema);
        for (int i = 0; i < records.Length; i++) builder.Add(i, JsonDocument.Parse(records[i]).RootElement);
        return builder.Build();
    }

    private sealed class FirstTwo : ISegmentMembers
    {
        public bool TryGetMembers(string segmentId, Block block, Span<ulong> bits)
        {
            bits[0] = 0b11;
            return segmentId == "x";
        }
    }
}
