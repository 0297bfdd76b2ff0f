using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;
using Muster.Pql.Types;

namespace Muster.Pql.Tests.Dialects;

public sealed class PqlDialectTests
{
    private static readonly ProfileSchema Schema = new(DataType.ObjectOf(
        ("a", DataType.Integer), ("s", DataType.String), ("t", DataType.Timestamp), ("nums", DataType.ArrayOf(DataType.Integer)),
        ("items", DataType.ArrayOf(DataType.ObjectOf(("cost", DataType.Integer)))),
        ("xEvent", DataType.ArrayOf(DataType.ObjectOf(("timestamp", DataType.Timestamp))))), isOpen: false);

    private static readonly Dictionary<LenientForm, string> Samples = new()
    {
        [LenientForm.SingleQuotes] = "s = 'x'",
        [LenientForm.UnknownEscapes] = "s = \"\\d\"",
        [LenientForm.OtherOperators] = "a == 1 or a <> 2",
        [LenientForm.RoundLists] = "a in (1, 2)",
        [LenientForm.OldDirection] = "t occurs <= 1 day of now",
        [LenientForm.OldSpelling] = "t occurs <= 1 millenium before now",
        [LenientForm.OtherQuantifiers] = "none N from nums where N = 1",
        [LenientForm.Underscore] = "nums.exists(_ = 1)",
        [LenientForm.ProfilePrefix] = "profile.a = 1",
        [LenientForm.PluralPrefix] = "items.sum(item.cost) = 1",
        [LenientForm.DotOnArray] = "items.cost.count() = 1",
        [LenientForm.ArrayComparison] = "nums = 1",
        [LenientForm.TextAddition] = "s + \"x\" = \"yx\"",
        [LenientForm.CountRanges] = "CHAIN(xEvent, timestamp, [WHAT(true) COUNT(1, 2)]) or CHAIN(xEvent, timestamp, [WHAT(true) COUNT(<= 2)])",
        [LenientForm.Gaps] = "CHAIN(xEvent, timestamp, [WHAT(true), GAP(<= 1 day), WHAT(true)])",
        [LenientForm.Coalesce] = "coalesce(a, 1) = 1",
    };

    public static TheoryData<LenientForm> Forms => new(Samples.Keys);

    [Fact]
    public void Forms_AllHaveADescription() => Assert.Equal(Enum.GetValues<LenientForm>(), PqlDialect.Forms.Select(form => form.Form));

    [Theory]
    [MemberData(nameof(Forms))]
    public void Compile_OfForm_IsAcceptedOrRefusedByItsSwitch(LenientForm form)
    {
        PqlCompilation accepted = PqlCompiler.CompileSegment(Samples[form], PqlFormat.Text, Schema, PqlDialect.Default.With(form));
        Assert.True(accepted.Succeeded, string.Join(" ", accepted.Diagnostics));
        PqlCompilation refused = PqlCompiler.CompileSegment(Samples[form], PqlFormat.Text, Schema, PqlDialect.Default.Without(form));
        Assert.False(refused.Succeeded);
        string expected = form == LenientForm.Coalesce ? DiagnosticCodes.UnknownFunction : DiagnosticCodes.Refused;
        Assert.Contains(expected, refused.Diagnostics.Select(d => d.Code));
    }

    [Theory]
    [InlineData("""{"nodeType":"set","variables":[{"nodeType":"literal","literalType":"Boolean","value":true}]}""", LenientForm.SetNodes)]
    [InlineData("a = 1", LenientForm.TextInJson)]
    public void Compile_OfJsonForm_IsAcceptedOrRefusedByItsSwitch(string json, LenientForm form)
    {
        Assert.True(PqlCompiler.CompileSegment(json, PqlFormat.Json, Schema).Succeeded);
        PqlCompilation refused = PqlCompiler.CompileSegment(json, PqlFormat.Json, Schema, PqlDialect.Default.Without(form));
        Assert.Contains(DiagnosticCodes.Refused, refused.Diagnostics.Select(d => d.Code));
    }
}
