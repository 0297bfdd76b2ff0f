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
public sealed record Diagnostic(string Code, DiagnosticSeverity Severity, string Message, TextSpan Span)
{
    /// <summary>A change of the text that was probably meant; null if there is none to propose.</summary>
    public DiagnosticFix? Fix { get; init; }
}

/// <summary>A change of a query's text.</summary>
/// <param name="Span">What is replaced.</param>
/// <param name="Text">What takes its place.</param>
public sealed record DiagnosticFix(TextSpan Span, string Text)
{
    /// <summary>The text with the change made; as it was if the change is of another text.</summary>
    public string ApplyTo(string text) => Span.Start < 0 || Span.End > text.Length ? text
        : string.Concat(text.AsSpan(0, Span.Start), Text, text.AsSpan(Span.End));
}
