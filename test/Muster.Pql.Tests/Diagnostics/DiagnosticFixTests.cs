using Muster.Pql.Diagnostics;
using Muster.Pql.Types;

namespace Muster.Pql.Tests.Diagnostics;

public sealed class DiagnosticFixTests
{
    private static readonly ProfileSchema Schema = new(DataType.ObjectOf(
        ("homeAddress", DataType.ObjectOf(("city", DataType.String))), ("next", DataType.Integer), ("age", DataType.Integer),
        ("t", DataType.Timestamp), ("items", DataType.ArrayOf(DataType.ObjectOf(("cost", DataType.Integer))))), isOpen: false);

    [Theory]
    [InlineData("homeAdress.city = \"Rome\"", "homeAddress.city = \"Rome\"")]
    [InlineData("homeAddress.citi = \"Rome\"", "homeAddress.city = \"Rome\"")]
    [InlineData("nexxt = 1", "`next` = 1")]
    [InlineData("next = 1", "`next` = 1")]
    [InlineData("homeAddress.city.startswith(\"R\")", "homeAddress.city.startsWith(\"R\")")]
    [InlineData("strtsWith(homeAddress.city, \"R\")", "startsWith(homeAddress.city, \"R\")")]
    [InlineData("age == 1", "age = 1")]
    [InlineData("age <> 1", "age != 1")]
    [InlineData("homeAddress.city matches \"\\d\"", "homeAddress.city matches \"\\\\d\"")]
    [InlineData("age = null", "age.isNull()")]
    [InlineData("true and age + 1 != null", "true and (age + 1).isNotNull()")]
    [InlineData("items.sum(item.cost) > 1", "items.sum(this.cost) > 1")]
    public void Fix_OfDiagnostic_LeavesNothingToSay(string text, string expected)
    {
        Diagnostic diagnostic = PqlCompiler.CompileSegment(text, PqlFormat.Text, Schema).Diagnostics.First(d => d.Fix is not null);
        string repaired = diagnostic.Fix!.ApplyTo(text);
        Assert.Equal(expected, repaired);
        Assert.Empty(PqlCompiler.CompileSegment(repaired, PqlFormat.Text, Schema).Diagnostics);
    }

    [Theory]
    [InlineData("t occurs between date(2032, 1, 1) and date(2031, 1, 1)", true)]
    [InlineData("t occurs between now and yesterday", true)]
    [InlineData("t occurs < 0 days before now", true)]
    [InlineData("t occurs <= 0 days before today", true)]
    [InlineData("t occurs <= 1 day before today", false)]
    [InlineData("t occurs between tomorrow and this week", false)]
    [InlineData("t occurs != 0 days before now", false)]
    [InlineData("age = 7.5", true)]
    [InlineData("7.5 = age", true)]
    [InlineData("age = 7.0", false)]
    [InlineData("age in []", true)]
    [InlineData("age notIn []", false)]
    public void Compile_OfWhatNeverHolds_Warns(string text, bool expected)
    {
        PqlCompilation compilation = PqlCompiler.CompileSegment(text, PqlFormat.Text, Schema);
        Assert.True(compilation.Succeeded, string.Join(" ", compilation.Diagnostics));
        Assert.Equal(expected, compilation.Diagnostics.Any(d => d.Code == DiagnosticCodes.AlwaysFalse));
    }
}
