using Muster.Pql.Dialects;

namespace Muster.Pql.Diagnostics;

/// <summary>
/// Collects the findings of one compilation. Says nothing twice and keeps no more than <see cref="Limit"/>; owned by one compilation.
/// </summary>
internal sealed class DiagnosticBag(PqlDialect dialect)
{
    /// <summary>Nobody reads more; hostile text must not cost memory.</summary>
    public const int Limit = 100;

    private readonly List<Diagnostic> _items = [];
    private readonly HashSet<(int Start, string Code, string Message)> _seen = [];

    public DiagnosticBag()
        : this(PqlDialect.Default)
    {
    }

    public bool HasErrors { get; private set; }

    public void Error(string code, TextSpan span, string message, DiagnosticFix? fix = null)
    {
        HasErrors = true;
        Add(new Diagnostic(code, DiagnosticSeverity.Error, message, span) { Fix = fix });
    }

    public void Warning(string code, TextSpan span, string message, DiagnosticFix? fix = null) =>
        Add(new Diagnostic(code, DiagnosticSeverity.Warning, message, span) { Fix = fix });

    public IReadOnlyList<Diagnostic> InOrder() => _items.OrderBy(d => d.Span.Start).ToArray();

    /// <summary>Whether a lenient form is accepted; reports it if not.</summary>
    public bool Accepts(LenientForm form, TextSpan span)
    {
        if (dialect.Accepts(form)) return true;
        Error(DiagnosticCodes.Refused, span, $"The form {PqlDialect.Forms.First(f => f.Form == form).Example} is switched off.");
        return false;
    }

    /// <summary>Whether a lenient form is accepted.</summary>
    public bool AcceptsSilently(LenientForm form) => dialect.Accepts(form);

    private void Add(Diagnostic diagnostic)
    {
        bool isError = diagnostic.Severity == DiagnosticSeverity.Error;
        if (_items.Count >= Limit && !(isError && _items.TrueForAll(d => d.Severity == DiagnosticSeverity.Warning))) return;
        if (_seen.Add((diagnostic.Span.Start, diagnostic.Code, diagnostic.Message))) _items.Add(diagnostic);
    }
}
