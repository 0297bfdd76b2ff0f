using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;
using Muster.Pql.Formatting;
using Muster.Pql.Json;
using Muster.Pql.Syntax;
using Muster.Pql.Types;

namespace Muster.Pql;

/// <summary>The front door of the language. Nothing here throws for a bad query, and all of it is thread-safe.</summary>
public static class PqlCompiler
{
    /// <summary>Compiles the predicate of a segment: the body is Boolean. Without a dialect the default one.</summary>
    public static PqlCompilation CompileSegment(string text, PqlFormat format, ProfileSchema schema, PqlDialect? dialect = null) =>
        Compile(text, format, schema, asSegment: true, dialect);

    /// <summary>Compiles an expression of any type, such as a computed attribute.</summary>
    public static PqlCompilation CompileExpression(string text, PqlFormat format, ProfileSchema schema, PqlDialect? dialect = null) =>
        Compile(text, format, schema, asSegment: false, dialect);

    private static PqlCompilation Compile(string text, PqlFormat format, ProfileSchema schema, bool asSegment, PqlDialect? dialect)
    {
        DiagnosticBag diagnostics = new(dialect ?? PqlDialect.Default);
        SyntaxNode? tree = Read(text, format, diagnostics);
        BoundQuery? query = tree is null || diagnostics.HasErrors ? null : Binder.Bind(tree, schema, asSegment, diagnostics);
        return new PqlCompilation(diagnostics.HasErrors ? null : query, diagnostics.InOrder());
    }

    /// <summary>Converts a query to the other form, without looking at what its names mean.</summary>
    public static PqlConversion Convert(string text, PqlFormat from)
    {
        DiagnosticBag diagnostics = new();
        SyntaxNode? tree = Read(text, from, diagnostics);
        string? converted = tree is null || diagnostics.HasErrors ? null : from == PqlFormat.Text ? JsonExporter.Export(tree)
            : TextPrinter.Print(tree);
        return new PqlConversion(converted, diagnostics.InOrder());
    }

    /// <summary>The canonical spelling of a query in its own form.</summary>
    public static PqlConversion Normalize(string text, PqlFormat format)
    {
        DiagnosticBag diagnostics = new();
        SyntaxNode? tree = Read(text, format, diagnostics);
        string? converted = tree is null || diagnostics.HasErrors ? null : format == PqlFormat.Json ? JsonExporter.Export(tree)
            : TextPrinter.Print(tree);
        return new PqlConversion(converted, diagnostics.InOrder());
    }

    private static SyntaxNode? Read(string text, PqlFormat format, DiagnosticBag diagnostics)
    {
        if (format == PqlFormat.Text) return Parser.Parse(text, diagnostics);
        if (text.AsSpan().TrimStart() is ['{', ..]) return JsonImporter.Import(text, diagnostics);
        diagnostics.Accepts(LenientForm.TextInJson, new TextSpan(0, 0));
        diagnostics.Warning(DiagnosticCodes.TextInJson, new TextSpan(0, 0),
            "The format says pql/json but the value is no JSON object: it is read as text.");
        return Parser.Parse(text, diagnostics);
    }
}
