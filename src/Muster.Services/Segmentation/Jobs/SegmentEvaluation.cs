using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Pql;
using Muster.Pql.Diagnostics;
using Muster.Pql.Types;
using Muster.Storage.Membership;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>
/// All definitions of one job as one plan, and its evaluation over the blocks of a snapshot on all cores. The result over many blocks is
/// the union of the blocks' results, so their order does not matter. Memory: one block and one set of buffers a worker, and the members.
/// </summary>
internal sealed class SegmentEvaluation
{
    private readonly EvaluationPlan _plan;
    private readonly string[] _planned;
    private readonly List<JobError> _errors;

    private SegmentEvaluation(EvaluationPlan plan, string[] planned, List<JobError> errors)
    {
        _plan = plan;
        _planned = planned;
        _errors = errors;
    }

    /// <summary>What is read of each block.</summary>
    public ColumnRequest Request => _plan.Request;

    /// <summary>Compiles the definitions; those that have no meaning over this schema become errors, the others go on.</summary>
    public static SegmentEvaluation Prepare(IReadOnlyList<JobSegment> segments, ProfileSchema schema)
    {
        var errors = new List<JobError>();
        var queries = new List<SegmentQuery>();
        foreach (JobSegment segment in segments)
        {
            PqlFormat format = segment.Format == "pql/json" ? PqlFormat.Json : PqlFormat.Text;
            PqlCompilation compilation = PqlCompiler.CompileSegment(segment.Value, format, schema);
            if (compilation.Query is { } query) queries.Add(new SegmentQuery(segment.SegmentId, query));
            else
                errors.Add(Error(segment.SegmentId, compilation.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error)));
        }

        EvaluationPlan plan = EvaluationPlan.Create(queries, schema);
        foreach ((string id, string reason) in plan.Errors) errors.Add(new JobError("UPSEG-1002-400", $"Segment '{id}': {reason}", ""));
        return new SegmentEvaluation(plan, queries.Select(q => q.Id).ToArray(), errors);
    }

    /// <summary>Evaluates over all blocks.</summary>
    /// <param name="snapshot">What is read.</param>
    /// <param name="now">Fixes <c>now</c> and hides later events, ms.</param>
    /// <param name="progress">Told after each block.</param>
    /// <param name="cancellationToken">Looked at between blocks.</param>
    public async Task<SegmentEvaluationResult> RunAsync(SandboxSnapshot snapshot, long now, JobProgress progress,
        CancellationToken cancellationToken)
    {
        IBlockSource source = snapshot.Blocks;
        var members = new StoredMembers(snapshot);
        int next = -1, done = 0;

        // A worker gathers into sets of its own, so that workers never wait for one another; the sets are united at the end.
        async Task<GatheredMembers> WorkAsync()
        {
            Evaluator evaluator = _plan.CreateEvaluator();
            var found = new EvaluationResult();
            var gathered = new GatheredMembers(_planned.Length);
            for (int index = Interlocked.Increment(ref next); index < source.BlockCount; index = Interlocked.Increment(ref next))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Block block = await source.ReadAsync(index, _plan.Request, now, cancellationToken).ConfigureAwait(false);
                evaluator.Evaluate(block, now, members, found);
                gathered.Add(block, found);
                await progress.ReportAsync((double)Interlocked.Increment(ref done) / source.BlockCount).ConfigureAwait(false);
            }

            return gathered;
        }

        int workers = Math.Clamp(source.BlockCount, 1, Environment.ProcessorCount);
        IEnumerable<Task<GatheredMembers>> work = Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync, cancellationToken));
        GatheredMembers[] parts = await Task.WhenAll(work).ConfigureAwait(false);
        OrdinalSet[] sets = GatheredMembers.Unite(parts);
        var result = new Dictionary<string, OrdinalSet>(StringComparer.Ordinal);
        for (int i = 0; i < _planned.Length; i++)
            if (!_plan.Errors.ContainsKey(_planned[i])) result.Add(_planned[i], sets[i]);
        return new SegmentEvaluationResult(result, sets[^1], _errors);
    }

    private static JobError Error(string segmentId, Diagnostic diagnostic) =>
        new(
            "UPSEG-1001-400",
            $"Segment '{segmentId}' does not compile: {diagnostic.Code} at {diagnostic.Span.Start}: {diagnostic.Message}",
            "");
}

/// <summary>What an evaluation found.</summary>
/// <param name="Members">By segment: the profiles that qualify. Segments with an error are missing.</param>
/// <param name="Profiles">All profiles that were looked at.</param>
/// <param name="Errors">One for each segment that could not be evaluated.</param>
internal sealed record SegmentEvaluationResult(IReadOnlyDictionary<string, OrdinalSet> Members, OrdinalSet Profiles,
    IReadOnlyList<JobError> Errors);
