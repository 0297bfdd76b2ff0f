using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Pql;
using Muster.Pql.Diagnostics;
using Muster.Pql.Types;

namespace Muster.Services.Offline;

/// <summary>Evaluates queries over files, without a server: the same loading, the same profiles, the same plan as a segment job.</summary>
public static class OfflineEvaluation
{
    /// <summary>Loads the files, evaluates all lines together and counts.</summary>
    /// <exception cref="InvalidDataException">A data file is bad; the message names the record.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<OfflineReport> RunAsync(OfflineRequest request, CancellationToken cancellationToken)
    {
        await using OfflineData data = await OfflineData.LoadAsync(request, cancellationToken).ConfigureAwait(false);
        var errors = new Dictionary<SegmentLine, OfflineError>();
        EvaluationPlan plan = Plan(request.Segments, data.Schema, errors);
        await using IBlockSource source = data.OpenBlocks();
        long[] counts = await CountAsync(plan, source, request.AsOf.ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        var byId = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < counts.Length; i++) byId.Add(plan.Segments[i].Id, counts[i]);
        OfflineResult[] results = request.Segments
            .Select(line => errors.TryGetValue(line, out OfflineError? error) ? new OfflineResult(line, null, error) : new OfflineResult(line, byId[line.Id!], null))
            .ToArray();
        return new OfflineReport(results, source.ProfileCount);
    }

    private static EvaluationPlan Plan(IReadOnlyList<SegmentLine> lines, ProfileSchema schema, Dictionary<SegmentLine, OfflineError> errors)
    {
        var queries = new List<SegmentQuery>();
        foreach (SegmentLine line in lines)
        {
            if (line.Fault is { } fault)
            {
                errors.Add(line, new OfflineError("segments.badLine", fault));
                continue;
            }
            PqlCompilation compilation = PqlCompiler.CompileSegment(line.Query, line.Format, schema);
            if (compilation.Query is { } query) queries.Add(new SegmentQuery(line.Id!, query));
            else errors.Add(line, ErrorOf(compilation.Diagnostics.First(found => found.Severity == DiagnosticSeverity.Error)));
        }
        EvaluationPlan plan = EvaluationPlan.Create(queries, schema);
        foreach (SegmentLine line in lines)
            if (line.Id is { } id && !errors.ContainsKey(line) && plan.Errors.TryGetValue(id, out string? why))
                errors.Add(line, new OfflineError("segments.badReference", why));
        return plan;
    }

    private static async Task<long[]> CountAsync(EvaluationPlan plan, IBlockSource source, long asOf, CancellationToken cancellationToken)
    {
        long[] counts = new long[plan.Segments.Count];
        int next = -1;
        async Task WorkAsync()
        {
            var result = new EvaluationResult();
            for (int index = Interlocked.Increment(ref next); index < source.BlockCount; index = Interlocked.Increment(ref next))
            {
                Block block = await source.ReadAsync(index, plan.Request, asOf, cancellationToken).ConfigureAwait(false);
                plan.Evaluate(block, asOf, NoSegmentMembers.Instance, result);
                for (int i = 0; i < counts.Length; i++) Interlocked.Add(ref counts[i], result.CountMembers(i));
            }
        }
        int workers = Math.Clamp(source.BlockCount, 1, Environment.ProcessorCount);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync, cancellationToken))).ConfigureAwait(false);
        return counts;
    }

    private static OfflineError ErrorOf(Diagnostic diagnostic) => new(diagnostic.Code, diagnostic.Message, diagnostic.Span.Start, diagnostic.Span.End);
}
