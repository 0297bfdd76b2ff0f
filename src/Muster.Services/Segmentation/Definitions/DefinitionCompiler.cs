using Microsoft.EntityFrameworkCore;
using Muster.Pql;
using Muster.Pql.Diagnostics;
using Muster.Pql.Types;
using Muster.Services.Schemas;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Segmentation.Definitions;

/// <summary>Checks that the query of a definition has a meaning in its sandbox: it compiles, what it refers to exists, and nothing goes in circles.</summary>
/// <param name="schemas">What queries may name.</param>
public sealed class DefinitionCompiler(SandboxSchemas schemas)
{
    /// <summary>Checks a query.</summary>
    /// <param name="context">Reads the other definitions.</param>
    /// <param name="scope">The sandbox.</param>
    /// <param name="id">The definition that the query is for.</param>
    /// <param name="format">Of the query.</param>
    /// <param name="value">The query.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RequestRefusedException">It has no meaning; every diagnostic is a finding.</exception>
    internal async Task CheckAsync(
        ControlPlaneContext context, SandboxScope scope, string id, string format, string value, CancellationToken cancellationToken)
    {
        ProfileSchema schema = await schemas.GetAsync(scope.SandboxId, cancellationToken);
        PqlCompilation compilation = Compile(format, value, schema);
        if (compilation.Query is not { } query) throw Refuse(value, compilation.Diagnostics);
        IReadOnlyList<string> references = PqlAnalysis.Of(query).Segments;
        var names = new Dictionary<string, string>();
        foreach (string reference in references.Where(r => r != id))
        {
            SegmentDefinition? found = await FindAsync(context, scope, reference, cancellationToken);
            names[reference] = found?.Name
                ?? throw new RequestRefusedException(400, "segment.unknown", $"inSegment names '{reference}', which is no segment definition of this sandbox.");
        }

        await RequireNoCycleAsync(context, scope, id, references, schema, cancellationToken);
    }

    /// <summary>The ids of the definitions whose queries refer to this one.</summary>
    internal async Task<IReadOnlyList<string>> DependentsAsync(ControlPlaneContext context, SandboxScope scope, string id, CancellationToken cancellationToken)
    {
        ProfileSchema schema = await schemas.GetAsync(scope.SandboxId, cancellationToken);
        List<SegmentDefinition> candidates = await context.SegmentDefinitions.AsNoTracking()
            .Where(d => d.SandboxId == scope.SandboxId && d.Id != id && d.ExpressionValue.Contains(id)).ToListAsync(cancellationToken);
        return [.. candidates.Where(d => References(d, schema).Contains(id)).Select(d => d.Id)];
    }

    private static async Task RequireNoCycleAsync(
        ControlPlaneContext context, SandboxScope scope, string id, IReadOnlyList<string> references, ProfileSchema schema, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string[]>(references.Select(r => new[] { id, r }));
        while (open.TryPop(out string[]? path))
        {
            string last = path[^1];
            if (last == id)
                throw new RequestRefusedException(400, "segment.cycle", $"The segments refer to each other in a circle: {string.Join(" -> ", path)}.");
            if (!seen.Add(last) || await FindAsync(context, scope, last, cancellationToken) is not { } definition) continue;
            foreach (string next in References(definition, schema)) open.Push([.. path, next]);
        }
    }

    private static IReadOnlyList<string> References(SegmentDefinition definition, ProfileSchema schema) =>
        Compile(definition.ExpressionFormat, definition.ExpressionValue, schema).Query is { } query ? PqlAnalysis.Of(query).Segments : [];

    private static PqlCompilation Compile(string format, string value, ProfileSchema schema) =>
        PqlCompiler.CompileSegment(value, Format(format), schema);

    internal static PqlFormat Format(string format) => format == "pql/json" ? PqlFormat.Json : PqlFormat.Text;

    internal static RequestRefusedException Refuse(string text, IReadOnlyList<Diagnostic> diagnostics)
    {
        RequestFinding[] findings = [.. diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)
            .Select(d => new RequestFinding(d.Code, $"{Position(text, d.Span)}: {d.Message}"))];
        return new RequestRefusedException(400, findings[0].Code, "The expression is not a valid PQL query.") { Findings = findings };
    }

    private static string Position(string text, TextSpan span)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, Math.Min(span.Start, text.Length));
        int line = before.Count('\n') + 1;
        int column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return FormattableString.Invariant($"Line {line}, column {column}");
    }

    private static Task<SegmentDefinition?> FindAsync(ControlPlaneContext context, SandboxScope scope, string id, CancellationToken cancellationToken) =>
        context.SegmentDefinitions.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id && d.SandboxId == scope.SandboxId, cancellationToken);
}
