using System.Text.RegularExpressions;
using Muster.Engine.Planning;
using Muster.Engine.Tests.Specs;
using Muster.Pql.Types;

namespace Muster.Engine.Tests.Planning;

public sealed class PlanRulesTests
{
    private static readonly long AsOf = new DateTimeOffset(2031, 8, 28, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static readonly ProfileSchema Schema = new(
        TypeNotation.Parse("{age: Integer, score: Double, city: String, vip: Boolean, joined: Timestamp, xEvent: [{timestamp: Timestamp, eventType: String, price: Double}]}"),
        isOpen: false);

    private static readonly string Twenty = string.Join(", ", Enumerable.Range(10, 20).Select(i => $"\"{i}\""));

    /// <summary>The rule, and two ways to say one thing that are one expression thanks to it.</summary>
    public static TheoryData<string, string, string> Pairs => new()
    {
        { "fix-the-instant", "joined < now", "now > joined" },
        { "fold-constants", "age > 2 + 3", "age > 5" },
        { "flatten-logic", "(city = \"a\" and vip) and age > 1", "age > 1 and (vip and city = \"a\") and vip" },
        { "drop-decided-operands", "city = \"a\" or (city = \"a\" and age > 1)", "city = \"a\"" },
        { "drop-implied-presence", "age.isNotNull() and age > 3", "age > 3" },
        { "drop-empty-reductions", "CHAIN(xEvent, timestamp, [A: WHAT(price > 1), B: WHAT(1 = 2)]) or vip", "vip" },
        { "move-not-inwards", "not (vip or city = \"a\")", "not vip and not (city = \"a\")" },
        { "know-presence", "xEvent.count().isNotNull() and vip", "vip" },
        { "put-constant-right", "5 < age", "age > 5" },
        { "compare-with-constant", "age != 5", "age.isNotNull() and not (age = 5)" },
        { "compare-with-truth", "vip = true and age > 1", "vip.isNotNull() and vip and age > 1" },
        { "test-distinct-strings", "city.equals(\"rome\", false)", "city.equals(\"ROME\", false)" },
        { "equality-by-code", "city != \"a\"", "not (city = \"a\") and city.isNotNull() and not (city = \"a\")" },
        { "inequality-as-not-equal", "city != \"a\"", "city.isNotNull() and not (city = \"a\")" },
        { "small-set-as-equalities", "city in [\"b\", \"a\"]", "city = \"a\" or city = \"b\"" },
        { "equalities-as-set", $"city in [{Twenty}]", string.Join(" or ", Enumerable.Range(10, 20).Select(i => $"city = \"{i}\"")) },
        { "window-as-range", "joined occurs on date(2031, 8, 28)", "joined occurs between date(2031, 8, 28) and date(2031, 8, 28)" },
        { "count-to-threshold", "xEvent.count() > 1", "xEvent.count() >= 2" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Create_TwoWaysToSayOneThing_AreOneExpression(string rule, string first, string second)
    {
        EvaluationPlan plan = Plan(PlanOptions.Default with { AsOf = AsOf }, first, second);
        Assert.True(plan.Roots[0] == plan.Roots[1], rule + "\n" + plan.Print());
    }

    [Fact]
    public void Pairs_AllRules_AreShown() =>
        Assert.Equal(PlanRules.Names.Order(StringComparer.Ordinal), Pairs.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    /// <summary>Each rule does something for some query.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Create_WithoutTheRule_IsAnotherPlan(string rule, string first, string second)
    {
        PlanOptions all = PlanOptions.Default with { AsOf = AsOf };
        Assert.NotEqual(Plan(all, first, second).Print(),
            Plan(all with { WithoutRules = new HashSet<string> { rule } }, first, second).Print());
    }

    [Theory]
    [InlineData("not (age < 5)", "age >= 5")]
    [InlineData("not (city = \"a\")", "city != \"a\"")]
    [InlineData("not (joined occurs before now)", "joined occurs after now")]
    [InlineData("vip", "vip = false")]
    [InlineData("city.equals(\"a\")", "city.equals(\"A\")")]
    public void Create_QueriesThatDifferForNulls_StayApart(string first, string second)
    {
        EvaluationPlan plan = Plan(PlanOptions.Default with { AsOf = AsOf }, first, second);
        Assert.NotSame(plan.Roots[0], plan.Roots[1]);
    }

    [Fact]
    public void Print_WindowsAndSets_ShowCanonicalForms() => Assert.Equal(
        """
        #0 @ profile: column profile.city:Text
        #1 @ profile: #0 = "a"
        #2 @ profile: #0 = "b"
        #3 @ profile: or(#1, #2)
        #4 @ profile/xEvent: column profile/xEvent.timestamp:Int64
        #5 @ profile/xEvent: #4 within [1945080000000..1945684799999]
        #6 @ profile: count 3.. profile/xEvent[#5]
        #7 @ profile: and(#3, #6)
        s0 = #7
        s1 = #3

        """,
        Renumbered(Plan(PlanOptions.Default with { AsOf = AsOf },
            "city in [\"b\", \"a\"] and 2 < xEvent[timestamp occurs <= 7 days before now].count()", "equals(city, \"a\", \"b\")")
            .Print().ReplaceLineEndings()));

    // Numbers that went to what was made on the way say nothing.
    private static string Renumbered(string plan)
    {
        var numbers = new Dictionary<string, int>();
        return Regex.Replace(plan, "#[0-9]+",
            found => "#" + (numbers.TryGetValue(found.Value, out int number) ? number : numbers[found.Value] = numbers.Count));
    }

    [Fact]
    public void Describe_Plan_NamesNodesAndRules()
    {
        PlanDescription plan = Plan(PlanOptions.Default with { WithoutRules = new HashSet<string> { "fold-constants" } }, "age > 5",
            "age > 5 and vip").Describe();
        Assert.DoesNotContain("fold-constants", plan.Rules);
        Assert.Equal(["s0", "s1"], plan.Segments.Select(segment => segment.Id));
        Assert.Contains(plan.Nodes, node => node.Id == plan.Segments[1].Node && node.Inputs.Contains(plan.Segments[0].Node!.Value));
    }

    [Fact]
    public void Evaluate_AnotherInstantThanPlanned_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Plan(PlanOptions.Default with { AsOf = AsOf }, "vip")
        .Evaluate(new Engine.Columns.BlockBuilder(Schema).Build(), AsOf + 1, Engine.Execution.NoSegmentMembers.Instance,
            new Engine.Execution.EvaluationResult()));

    private static EvaluationPlan Plan(PlanOptions options, params string[] queries) =>
        EvaluationPlan.Create(queries.Select((text, i) => QueryRunner.Compile($"s{i}", text, Schema)).ToList(), Schema, options);
}
