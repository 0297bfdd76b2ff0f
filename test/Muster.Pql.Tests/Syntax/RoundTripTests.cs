using CsCheck;
using Muster.Pql.Diagnostics;
using Muster.Pql.Formatting;
using Muster.Pql.Json;
using Muster.Pql.Syntax;
using Muster.Pql.Types;

namespace Muster.Pql.Tests.Syntax;

public sealed class RoundTripTests
{
    [Fact]
    public void Parse_OfPrintedTree_GivesTheTree() => RandomTrees.Queries.Sample(tree =>
    {
        string text = TextPrinter.Print(tree);
        DiagnosticBag diagnostics = new();
        SyntaxNode parsed = Parser.Parse(text, diagnostics);
        if (diagnostics.HasErrors) throw new InvalidOperationException($"{text}\n{string.Join('\n', diagnostics.InOrder())}");
        string expected = TreeText.Of(tree), actual = TreeText.Of(parsed);
        if (expected != actual) throw new InvalidOperationException($"{text}\n{expected}\n{actual}");
    }, iter: 2_000);

    [Fact]
    public void Import_OfExportedTree_GivesTheSameJson() => RandomTrees.Queries.Sample(tree =>
    {
        string json = JsonExporter.Export(tree);
        DiagnosticBag diagnostics = new();
        SyntaxNode? imported = JsonImporter.Import(json, diagnostics);
        if (imported is null || diagnostics.HasErrors) throw new InvalidOperationException($"{json}\n{string.Join('\n', diagnostics.InOrder())}");
        string again = PqlCompiler.Convert(TextPrinter.Print(imported), PqlFormat.Text).Converted!;
        if (again != json) throw new InvalidOperationException($"{json}\n{again}");
    }, iter: 3_000);

    [Fact]
    public void CompileExpression_OfAnyTree_DoesNotThrow() => RandomTrees.Queries.Sample(tree =>
    {
        string text = TextPrinter.Print(tree);
        foreach (ProfileSchema schema in new[] { ProfileSchema.Untyped, SampleSchema.Declared, SampleSchema.Inferred })
        {
            PqlCompilation compilation = PqlCompiler.CompileSegment(text, PqlFormat.Text, schema);
            if (compilation.Query is not { } query) continue;
            _ = BoundPrinter.Print(query);
            _ = PqlAnalysis.Of(query);
            if (query.Body.Type.Kind != TypeKind.Boolean) throw new InvalidOperationException(text);
        }
    }, iter: 2_000);
}
