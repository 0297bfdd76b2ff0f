using System.Text.Json;
using Muster.Engine.Columns;
using Muster.Engine.Functions;
using Muster.Engine.Interpreter;
using Muster.Engine.Tests.Specs;
using Muster.Pql;
using Muster.Pql.Functions;
using Muster.Pql.Time;

namespace Muster.Engine.Tests.Functions;

public sealed class FunctionExampleTests
{
    private static readonly long Now = IsoTime.ParseTimestamp(SampleProfile.Now)!.Value;

    public static TheoryData<string> Functions => new(FunctionCatalogue.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Functions))]
    public void Examples_OfFunction_HaveTheirValues(string name)
    {
        FunctionDefinition function = FunctionCatalogue.All[name];
        Assert.NotEmpty(function.Examples);
        Assert.All(function.Examples, example =>
        {
            PqlCompilation compilation = PqlCompiler.CompileExpression(example.Query, PqlFormat.Text, SampleProfile.Schema);
            Assert.True(compilation.Succeeded, example.Query + ": " + string.Join(" ", compilation.Diagnostics));
            var builder = new BlockBuilder(SampleProfile.Schema);
            using JsonDocument profile = JsonDocument.Parse(SampleProfile.Json);
            builder.Add(1, profile.RootElement);
            object? value = new ProfileInterpreter(Now, _ => false).Evaluate(compilation.Query!, new BlockRowReader(builder.Build(), SampleProfile.Schema).Read(0));
            Assert.Equal(example.Query + " " + ValueText.Canonical(example.Result), example.Query + " " + ValueText.Of(value));
        });
    }

    [Fact]
    public void Implementations_AreThoseOfTheCatalogue() =>
        Assert.Equal(
            FunctionCatalogue.All.Values.Where(f => f.Scalar is not null).Select(f => f.Name).Order(StringComparer.Ordinal),
            ScalarFunctions.Names.Order(StringComparer.Ordinal));

    /// <summary>What the catalogue says of null, asked of every function that is computed by name.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void Call_WithNull_IsAsTheCatalogueSays(string name)
    {
        FunctionDefinition function = FunctionCatalogue.All[name];
        if (function.Scalar is null || function.Minimum == 0) return;
        object? result = ScalarFunctions.Call(name, new object?[function.Minimum], Now);
        Assert.Equal(function.OfNull, result is null ? "null" : "false");
    }
}
