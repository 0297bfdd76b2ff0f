namespace Muster.Pql.Diagnostics;

/// <summary>How bad a diagnostic is. Warnings never fail a query.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Surely or probably not what was meant; the query still has a meaning.</summary>
    Warning,

    /// <summary>The query has no meaning.</summary>
    Error,
}

/// <summary>One finding about a query.</summary>
/// <param name="Code">Stable code such as <c>bind.unknownName</c>; listed in docs/diagnostics.md.</param>
/// <param name="Severity">Whether the query is refused.</param>
/// <param name="Message">One sentence for people; never parsed by programs.</param>
/// <param name="Span">Where in the text; for pql/json input, the empty span at 0.</param>
public sealed record Diagnostic(string Code, DiagnosticSeverity Severity, string Message, TextSpan Span);
