using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;
using Muster.Pql.Syntax;
using Muster.Pql.Types;

namespace Muster.Pql;

/// <summary>The front door of the language. Nothing here throws for a bad query, and all of it is thread-safe.</summary>
public static class Pql
{
    /// <summary>Compiles the predicate of a segment: the body is Boolean.</summary>
    public static PqlCompilation CompileSegment(string text, PqlFormat format, ProfileSchema schema) => Compile(text, format, schema, asSegment: true);

    /// <summary>Compiles an expression of any type, such as a computed attribute.</summary>
    public static PqlCompilation CompileExpression(string text, PqlFormat format, ProfileSchema schema) => Compile(text, format, schema, asSegment: false);

    private static PqlCompilation Compile(string text, PqlFormat format, ProfileSchema schema, bool asSegment)
    {
        DiagnosticBag diagnostics = new();
        SyntaxNode? tree = Read(text, format, diagnostics);
        BoundQuery? query = tree is null || diagnostics.HasErrors ? null : Binder.Bind(tree, schema, asSegment, diagnostics);
        return new PqlCompilation(diagnostics.HasErrors ? null : query, diagnostics.InOrder());
    }

    private static SyntaxNode? Read(string text, PqlFormat format, DiagnosticBag diagnostics) =>
        Parser.Parse(text, diagnostics);
}
