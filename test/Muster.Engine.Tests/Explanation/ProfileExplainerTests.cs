using System.Text.Json;
using CsCheck;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Explanation;
using Muster.Engine.Planning;
using Muster.Engine.Tests.Execution;
using Muster.Engine.Tests.Specs;
using Muster.Pql;
using Muster.Pql.Types;

namespace Muster.Engine.Tests.Explanation;

public sealed class ProfileExplainerTests
{
    private static readonly long AsOf = new DateTimeOffset(2018, 2, 25, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static readonly ProfileSchema Schema = new(
        TypeNotation.Parse("{age: Integer, city: String, vip: Boolean, tags: [String], xEvent: [{_id: String, timestamp: Timestamp, eventType: String, price: Double}]}"),
        isOpen: false);

    private const string Profile = """
        {"age": 28, "city": "Paris", "tags": ["a"], "xEvent": [
          {"_id": "e1", "timestamp": "2018-02-20T00:00:00Z", "eventType": "view", "price": 3.5},
          {"_id": "e2", "timestamp": "2018-02-23T00:00:00Z", "eventType": "buy", "price": 7.5},
          {"_id": "e3", "timestamp": "2018-02-24T00:00:00Z", "eventType": "buy", "price": 2}]}
        """;

    [Theory]
    [InlineData("xEvent[eventType = \"buy\" and timestamp occurs <= 7 days before now].count() >= 3", "one more event with eventType = \"buy\" before 2018-03-02")]
    [InlineData("xEvent[eventType = \"buy\" and timestamp occurs this month].count() > 3", "two more events with eventType = \"buy\" before 2018-03-01")]
    [InlineData("xEvent[eventType = \"buy\"].count() < 2", "one event with eventType = \"buy\" too many")]
    [InlineData("age > 30", "age is 28 and must be more than 30")]
    [InlineData("30 <= age", "age is 28 and must be at least 30")]
    [InlineData("not (age < 30)", "age is 28 and must be at least 30")]
    [InlineData("vip = true", "vip has no value and must be true")]
    [InlineData("city = \"Rome\" and age > 20", "city is \"Paris\" and must be \"Rome\"")]
    [InlineData("city = \"Rome\" and age > 30 or city = \"Oslo\"", "city is \"Paris\" and must be \"Oslo\"")]
    [InlineData("city = \"Rome\" and age > 30", "city is \"Paris\" and must be \"Rome\", and age is 28 and must be more than 30")]
    [InlineData("exists E from xEvent where E.eventType = \"buy\" and E.price > 8",
        "one event with E.eventType = \"buy\" and E.price > 8; the closest is that of 2018-02-23: E.price is 7.5 and must be more than 8")]
    [InlineData("xEvent.forall(price > 3)", "one event fails: price is 2 and must be more than 3")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(eventType = \"view\"), GAP(<= 2 days), B: WHAT(eventType = \"buy\")])",
        "step B: one more event with eventType = \"buy\" after 2018-02-20 before 2018-02-22")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(eventType = \"view\"), B: WHAT(eventType = \"return\")])", "step B: one event with eventType = \"return\" after 2018-02-20")]
    [InlineData("inSegment(\"x\")", "it must be a member of segment x")]
    [InlineData("city.startsWith(\"R\")", "city is \"Paris\", but city.startsWith(\"R\") must hold")]
    public void Explain_NoMember_NamesTheNearestMiss(string query, string expected)
    {
        ProfileExplanation explanation = Explain(query);
        Assert.False(explanation.IsMember);
        Assert.Equal(expected, explanation.NearestMiss);
    }

    [Fact]
    public void Explain_Conjunction_NamesTheFirstFailure()
    {
        ProfileExplanation explanation = Explain("age > 20 and (city = \"Paris\" and vip) and age > 50");
        Assert.Equal("0.2", explanation.FirstFailure);
        Assert.Equal("vip", explanation.Root.Parts[2].Text);
    }

    [Fact]
    public void Explain_Sequence_ListsTheEventsOfEachStep()
    {
        ExplainedPart root = Explain("CHAIN(xEvent, timestamp, [A: WHAT(eventType = \"view\"), B: WHAT(eventType = \"buy\")])").Root;
        Assert.Equal(["A", "B"], root.Matches.Select(step => step.Name));
        Assert.Equal(["e2", "e3"], root.Matches[1].Elements.Select(element => element.Id));
        Assert.Equal((3, 2), (root.Matches[1].Looked, root.Matches[1].Matched));
    }

    [Fact]
    public void Explain_Count_ListsTheEventsThatCount()
    {
        ExplainedPart count = Explain("xEvent[price > 3].count() >= 2").Root.Parts[0];
        Assert.Equal("2", count.Value);
        Assert.Equal(["e1", "e2"], count.Matches[0].Elements.Select(element => element.Id));
    }

    [Fact]
    public void Explain_Attribute_AsksForItsSource()
    {
        ProfileExplanation explanation = ExplainWith("age > 20 and city = \"Paris\"", new Sources());
        Assert.Equal(["age"], Sources(explanation.Root.Parts[0]));
        Assert.Equal(["city"], Sources(explanation.Root.Parts[1]));

        static IEnumerable<string> Sources(ExplainedPart part) => part.Parts.SelectMany(inner => inner.Sources)
            .Select(source => source.Path);
    }

    /// <summary>One more element, as the nearest miss says, and the profile is a member; after the day that it names it is not.</summary>
    [Fact]
    public void Explain_NearestMissOfACount_IsTrue()
    {
        const string Query = "xEvent[eventType = \"buy\" and timestamp occurs <= 7 days before now].count() >= 3";
        string more = Profile.Replace("\"price\": 2}]",
            "\"price\": 2}, {\"_id\": \"e4\", \"timestamp\": \"2018-02-26T00:00:00Z\", \"eventType\": \"buy\"}]", StringComparison.Ordinal);
        long Before(int day) => new DateTimeOffset(2018, 3, day, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Assert.True(Explain(Query, more, Before(2) - 1).IsMember);
        Assert.False(Explain(Query, more, Before(2) + 1).IsMember);
    }

    [Fact]
    public void Explain_RandomQueries_VerdictIsTheEngines() => Gen.Int[0, 1_000_000].Sample(seed =>
    {
        var random = new Random(seed);
        string text = RandomQuery.Make(random.Next());
        if (text.Length > 250 || PqlCompiler.CompileSegment(text, PqlFormat.Text, RandomProfiles.Schema).Query is not { } query) return;
        var segment = new SegmentQuery("s", query);
        var runner = new QueryRunner(RandomProfiles.Schema, RandomProfiles.Now, RandomProfiles.Make(seed, 8));
        Block block = runner.Blocks(int.MaxValue)[0];
        var result = new EvaluationResult();
        EvaluationPlan.Create([segment], RandomProfiles.Schema).Evaluate(block, RandomProfiles.Now, NoSegmentMembers.Instance, result);
        var explainer = new ProfileExplainer(segment, RandomProfiles.Schema, text);
        for (int row = 0; row < block.Count; row++)
        {
            ProfileExplanation explanation = explainer.Explain(block, row, RandomProfiles.Now, _ => false);
            Assert.True(result.IsMember(0, row) == explanation.IsMember, text);
            Assert.Equal(explanation.IsMember, explanation.Root.IsTrue);
            Assert.Equal(explanation.IsMember, explanation.FirstFailure is null);
        }
    }, threads: 1, iter: 150);

    private static ProfileExplanation Explain(string query, string profile = Profile, long? asOf = null) =>
        ExplainWith(query, null, profile, asOf);

    private static ProfileExplanation ExplainWith(string query, IAttributeSources? sources, string profile = Profile, long? asOf = null)
    {
        var builder = new BlockBuilder(Schema);
        builder.Add(7, JsonDocument.Parse(profile).RootElement);
        return new ProfileExplainer(QueryRunner.Compile("s", query, Schema), Schema, query)
            .Explain(builder.Build(), 0, asOf ?? AsOf, _ => false, sources);
    }

    private sealed class Sources : IAttributeSources
    {
        public AttributeSource? Find(long profileOrdinal, string path) => new(path, "crm", "batch-1", "Email:a@example.com", null);
    }
}
