using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Explanation;
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
        EvaluationPlan plan = Plan(request, data.Schema, errors);
        var costs = new CostMeter(plan, request.Budget);
        await using IBlockSource source = data.OpenBlocks();
        long[] counts = await CountAsync(plan, costs, source, request.AsOf.ToUnixTimeMilliseconds(), cancellationToken)
            .ConfigureAwait(false);
        IReadOnlyDictionary<string, string> failures = costs.Failures;
        foreach (SegmentLine line in request.Segments)
            if (line.Id is { } id && !errors.ContainsKey(line) && failures.TryGetValue(id, out string? why))
                errors.Add(line, new OfflineError("segments.overBudget", why));
        var byId = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < counts.Length; i++) byId.Add(plan.Segments[i].Id, counts[i]);
        OfflineResult[] results = request.Segments
            .Select(line => errors.TryGetValue(line, out OfflineError? error) ? new OfflineResult(line, null, error) : new OfflineResult(line, byId[line.Id!], null))
            .ToArray();
        return new OfflineReport(results, source.ProfileCount, costs.Report());
    }

    /// <summary>Loads the files, since the schema comes from them, and plans without evaluating.</summary>
    /// <exception cref="InvalidDataException">A data file is bad; the message names the record.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<OfflinePlan> PlanAsync(OfflineRequest request, CancellationToken cancellationToken)
    {
        await using OfflineData data = await OfflineData.LoadAsync(request, cancellationToken).ConfigureAwait(false);
        var errors = new Dictionary<SegmentLine, OfflineError>();
        EvaluationPlan plan = Plan(request, data.Schema, errors);
        OfflineResult[] failed = request.Segments.Where(errors.ContainsKey)
            .Select(line => new OfflineResult(line, null, errors[line])).ToArray();
        return new OfflinePlan(plan.Print(), plan.Describe(), failed);
    }

    /// <summary>Explains all lines to one profile.</summary>
    /// <param name="request">The files and the lines.</param>
    /// <param name="ns">The namespace of an identity of the profile.</param>
    /// <param name="id">The identity in it.</param>
    /// <param name="cancellationToken">Looked at between blocks.</param>
    /// <returns>One a line, in order; null if nobody has that identity.</returns>
    /// <exception cref="InvalidDataException">A data file is bad; the message names the record.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<IReadOnlyList<OfflineExplanation>?> ExplainAsync(OfflineRequest request, string ns, string id,
        CancellationToken cancellationToken)
    {
        await using OfflineData data = await OfflineData.LoadAsync(request, cancellationToken).ConfigureAwait(false);
        if (data.FindProfile(ns, id) is not { } ordinal) return null;
        var errors = new Dictionary<SegmentLine, OfflineError>();
        EvaluationPlan plan = Plan(request, data.Schema, errors);
        var bySegment = plan.Segments.ToDictionary(segment => segment.Id, StringComparer.Ordinal);
        (SegmentLine Line, ProfileExplainer? Explainer)[] lines = request.Segments.Select(line => (line, errors.ContainsKey(line)
            ? null
            : new ProfileExplainer(bySegment[line.Id!], data.Schema, line.Format == PqlFormat.Text ? line.Query : null))).ToArray();
        var wanted = new ColumnRequest();
        wanted.Include(plan.Request);
        foreach ((_, ProfileExplainer? explainer) in lines)
            if (explainer is not null) wanted.Include(explainer.Request);
        long asOf = request.AsOf.ToUnixTimeMilliseconds();
        await using IBlockSource source = data.OpenBlocks();
        for (int index = 0; index < source.BlockCount; index++)
        {
            Block block = await source.ReadAsync(index, wanted, asOf, cancellationToken).ConfigureAwait(false);
            int row = Array.BinarySearch(block.Ordinals, 0, block.Count, ordinal);
            if (row < 0) continue;
            var result = new EvaluationResult();
            plan.Evaluate(block, asOf, NoSegmentMembers.Instance, result);
            var members = plan.Segments.Where((_, i) => result.IsMember(i, row))
                .Select(segment => segment.Id).ToHashSet(StringComparer.Ordinal);
            return lines.Select(line => new OfflineExplanation(
                line.Line, line.Explainer?.Explain(block, row, asOf, members.Contains), errors.GetValueOrDefault(line.Line))).ToArray();
        }
        return null;
    }

    private static EvaluationPlan Plan(OfflineRequest request, ProfileSchema schema, Dictionary<SegmentLine, OfflineError> errors)
    {
        IReadOnlyList<SegmentLine> lines = request.Segments;
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
        EvaluationPlan plan = EvaluationPlan.Create(queries, schema,
            new PlanOptions { AsOf = request.AsOf.ToUnixTimeMilliseconds(), WithoutRules = request.WithoutRules });
        foreach (SegmentLine line in lines)
            if (line.Id is { } id && !errors.ContainsKey(line) && plan.Errors.TryGetValue(id, out string? why))
                errors.Add(line, new OfflineError("segments.badReference", why));
        return plan;
    }

    private static async Task<long[]> CountAsync(EvaluationPlan plan, CostMeter costs, IBlockSource source, long asOf,
        CancellationToken cancellationToken)
    {
        long[] counts = new long[plan.Segments.Count];
        int next = -1;
        async Task WorkAsync()
        {
            var result = new EvaluationResult();
            for (int index = Interlocked.Increment(ref next); index < source.BlockCount; index = Interlocked.Increment(ref next))
            {
                Block block = await source.ReadAsync(index, plan.Request, asOf, cancellationToken).ConfigureAwait(false);
                plan.Evaluate(block, asOf, NoSegmentMembers.Instance, result, costs);
                for (int i = 0; i < counts.Length; i++) Interlocked.Add(ref counts[i], result.CountMembers(i));
            }
        }
        int workers = Math.Clamp(source.BlockCount, 1, Environment.ProcessorCount);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync, cancellationToken))).ConfigureAwait(false);
        return counts;
    }

    private static OfflineError ErrorOf(Diagnostic diagnostic) => new(diagnostic.Code, diagnostic.Message, diagnostic.Span.Start, diagnostic.Span.End);
}
