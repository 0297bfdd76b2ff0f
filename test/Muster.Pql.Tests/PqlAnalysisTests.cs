using Muster.Pql.Types;

namespace Muster.Pql.Tests;

public sealed class PqlAnalysisTests
{
    [Theory]
    [InlineData("a = 1", "", false)]
    [InlineData("inSegment(\"b\") and (inSegment(\"a\") or not inSegment(\"b\"))", "b a", false)]
    [InlineData("t occurs before date(2031, 1, 1)", "", false)]
    [InlineData("t occurs before now", "", true)]
    [InlineData("t occurs this month", "", true)]
    [InlineData("t occurs between date(2031, 1, 1) and last week", "", true)]
    [InlineData("xEvent[t.getMonth() = currentMonth()].count() > 1", "", true)]
    [InlineData("CHAIN(xEvent, timestamp, [WHAT(a = 1) WHEN(today)])", "", true)]
    [InlineData("CHAIN(xEvent, timestamp, [WHAT(a = 1) WHEN(last week)])", "", true)]
    [InlineData("CHAIN(xEvent, timestamp, [WHAT(a = 1 and inSegment(\"x\"))])", "x", false)]
    public void Of_Query_FindsDependencies(string query, string segments, bool dependsOnNow)
    {
        PqlAnalysis analysis = PqlAnalysis.Of(PqlCompiler.CompileSegment(query, PqlFormat.Text, ProfileSchema.Untyped).Query!);
        Assert.Equal(segments, string.Join(' ', analysis.Segments));
        Assert.Equal(dependsOnNow, analysis.DependsOnNow);
    }
}
