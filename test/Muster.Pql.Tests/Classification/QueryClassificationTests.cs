using Muster.Pql.Classification;
using Muster.Pql.Types;

namespace Muster.Pql.Tests.Classification;

public sealed class QueryClassificationTests
{
    private static readonly ProfileSchema Schema = new(DataType.ObjectOf(
        ("kind", DataType.String), ("born", DataType.Date), ("a", DataType.ObjectOf(("b", DataType.Integer))),
        ("nums", DataType.ArrayOf(DataType.Integer)), ("m", DataType.MapOf(DataType.ObjectOf(("n", DataType.Integer)))),
        ("segmentMembership", DataType.MapOf(DataType.MapOf(DataType.ObjectOf(("status", DataType.String))))),
        ("xEvent", DataType.ArrayOf(DataType.ObjectOf(("timestamp", DataType.Timestamp), ("e", DataType.String),
            ("lines", DataType.ArrayOf(DataType.ObjectOf(("q", DataType.Integer)))))))), isOpen: false);

    /// <summary>The codes of what forbids streaming and edge evaluation.</summary>
    [Theory]
    [InlineData("kind = \"cat\" and a.b > 3", "", "")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(e = \"x\") WHEN(<= 24 hours before now)]) and kind = \"cat\"", "", "")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(e = \"x\") WHEN(today)])", "", "")]
    [InlineData("xEvent.exists(e = \"x\" and timestamp occurs < 3 hours before now)", "", "")]
    [InlineData("xEvent[e = \"x\" and timestamp occurs this hour]", "", "")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(e = \"x\")])", "method.window", "method.window")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(e = \"x\") WHEN(<= 25 hours before now)])", "method.window", "method.window")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(e = \"x\") WHEN(this week)])", "method.window", "method.window")]
    [InlineData("xEvent.exists(e = \"x\")", "method.window", "method.window")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(e = \"x\") WHEN(today), B: WHAT(e = \"y\") WHEN(<= 1 day after A)])", "", "")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(e = \"x\") WHEN(today), B: WHAT(e = \"y\")])", "method.window", "method.window")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(e = \"x\") WHEN(today) COUNT(2)])", "method.frequency", "method.frequency")]
    [InlineData("xEvent[e = \"x\"].count() > 3", "method.frequency", "method.frequency")]
    [InlineData("forall E from xEvent where E.e = \"x\"", "method.frequency", "method.frequency")]
    [InlineData("xEvent.exists(timestamp occurs today) and xEvent.exists(e = \"y\" and timestamp occurs today)", "method.order", "method.order")]
    [InlineData("not CHAIN(xEvent, timestamp, [A: WHAT(e = \"x\") WHEN(today)])", "method.negation", "method.negation")]
    [InlineData("inSegment(\"s\")", "method.segment", "")]
    [InlineData("inSegment(\"s\") and CHAIN(xEvent, timestamp, [A: WHAT(true) WHEN(today)])", "method.segment", "method.segment")]
    [InlineData("inSegment(\"attributes\") and CHAIN(xEvent, timestamp, [A: WHAT(true) WHEN(today)])", "method.segment", "")]
    [InlineData("born.getMonth() = 5 and born.getDayOfMonth() = 9", "method.ignoreYear", "method.ignoreYear")]
    [InlineData("born.getMonth() = 5 and born.getYear() = 2000", "", "")]
    [InlineData("segmentMembership.get(\"aam\").get(\"7\").status = \"realized\"", "method.traits", "method.traits")]
    public void Of_Query_SaysWhatForbidsAMethod(string text, string streaming, string edge)
    {
        QueryClassification found = Classify(text);
        Assert.Equal(streaming, string.Join(' ', found.Streaming.Select(o => o.Code)));
        Assert.Equal(edge, string.Join(' ', found.Edge.Select(o => o.Code)));
        Assert.Equal(streaming.Length == 0, found.IsEligible(EvaluationMethod.Streaming));
        Assert.Equal(edge.Length == 0, found.IsEligible(EvaluationMethod.Edge));
        Assert.True(found.IsEligible(EvaluationMethod.Batch));
    }

    [Fact]
    public void Of_QueryOverFieldsThatAreNotKnown_IsClassifiedAlike()
    {
        BoundQuery query = PqlCompiler.CompileSegment("xEvent.exists(e = \"x\" and timestamp occurs today)", PqlFormat.Text, ProfileSchema.Untyped).Query!;
        Assert.Empty(QueryClassification.Of(query).Streaming);
    }

    [Fact]
    public void Of_QueryThatIsNotEligible_NamesThePart()
    {
        const string Text = "kind = \"cat\" and xEvent.exists(e = \"x\")";
        Obstacle obstacle = Assert.Single(Classify(Text).Streaming);
        Assert.Equal("xEvent.exists(e = \"x\")", Text.Substring(obstacle.Span.Start, obstacle.Span.Length));
    }

    [Theory]
    [InlineData("kind = \"cat\"", "kind")]
    [InlineData("a.b > 3 and a.isNotNull()", "a a.b")]
    [InlineData("xEvent.exists(lines.exists(q > a.b))", "a.b xEvent xEvent.lines xEvent.lines.q")]
    [InlineData("nums.exists(this > 3)", "nums")]
    [InlineData("m.get(\"k\").n = 1", "m.k.n")]
    [InlineData("m.get(kind).n = 1", "kind m.*.n")]
    [InlineData("let l = xEvent[e = \"x\"] in l.head().timestamp = now", "xEvent xEvent.e xEvent.timestamp")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(e = kind)])", "kind xEvent xEvent.e xEvent.timestamp")]
    public void Of_Query_NamesTheFieldsThatItReads(string text, string fields) => Assert.Equal(fields, string.Join(' ', Classify(text).Fields));

    [Theory]
    [InlineData("born occurs <= 3 years before date(2031, 1, 1)", false, "")]
    [InlineData("born occurs <= 3 years before now", true, "<= 3 years before now")]
    [InlineData("born occurs last month or born occurs between date(2020, 1, 1) and today", true, "last month|between date(2020, 1, 1) and today")]
    [InlineData("born.getYear() = currentYear()", true, "")]
    public void Of_Query_SaysWhetherTheClockMatters(string text, bool dependsOnNow, string windows)
    {
        QueryClassification found = Classify(text);
        Assert.Equal(dependsOnNow, found.DependsOnNow);
        Assert.Equal(windows, string.Join('|', found.Windows.Select(span => text.Substring(span.Start, span.Length))));
    }

    [Theory]
    [InlineData("CHAIN(xEvent, timestamp, [WHAT(true), WHAT(true), WHAT(true), WHAT(true)])", "author.chainLength")]
    [InlineData("nums.sum() + nums.count() + nums.max() + nums.min() > 1", "author.aggregations")]
    [InlineData("xEvent.exists(lines.exists(nums.exists(this > 1)))", "author.nesting")]
    [InlineData("kind = \"cat\"", "")]
    public void Of_Query_SaysWhatEditorsLimit(string text, string codes) => Assert.Equal(codes, string.Join(' ', Classify(text).Authoring.Select(d => d.Code)));

    private static QueryClassification Classify(string text)
    {
        PqlCompilation compilation = PqlCompiler.CompileSegment(text, PqlFormat.Text, Schema);
        Assert.True(compilation.Succeeded, string.Join(" ", compilation.Diagnostics));
        return QueryClassification.Of(compilation.Query!, id => id == "attributes");
    }
}
