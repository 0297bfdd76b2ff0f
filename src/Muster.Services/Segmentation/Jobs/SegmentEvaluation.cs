using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Pql.Types;
using Muster.Storage.Membership;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>
/// Definitions of one merge method as one plan, and its evaluation over the blocks of their profiles on all cores. The result over many blocks is
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

    /// <summary>Plans compiled definitions.</summary>
    /// <param name="queries">The definitions.</param>
    /// <param name="schema">The schema that they were bound to.</param>
    /// <param name="asOf">The one instant that they will be evaluated at, ms; null for any.</param>
    public static SegmentEvaluation Create(IReadOnlyList<SegmentQuery> queries, ProfileSchema schema, long? asOf = null)
    {
        EvaluationPlan plan = EvaluationPlan.Create(queries, schema, new PlanOptions { AsOf = asOf });
        List<JobError> errors = [.. plan.Errors.Select(e => new JobError("UPSEG-1002-400", $"Segment '{e.Key}': {e.Value}", ""))];
        return new SegmentEvaluation(plan, queries.Select(q => q.Id).ToArray(), errors);
    }

    /// <summary>Evaluates over all blocks.</summary>
    /// <param name="source">The profiles.</param>
    /// <param name="now">Fixes <c>now</c> and hides later events, ms.</param>
    /// <param name="members">Knows the segments that are not part of the plan.</param>
    /// <param name="progress">Told the share of blocks that are done, after each.</param>
    /// <param name="cancellationToken">Looked at between blocks.</param>
    /// <param name="budget">What each definition may cost; null for no bound.</param>
    /// <param name="cores">The most blocks that are evaluated at a time; null for one a core.</param>
    public async Task<SegmentEvaluationResult> RunAsync(
        IBlockSource source, long now, ISegmentMembers members, Func<double, Task> progress, CancellationToken cancellationToken,
            WorkBudget? budget = null,
        int? cores = null)
    {
        int next = -1, done = 0;
        var costs = new CostMeter(_plan, budget);

        // A worker gathers into sets of its own, so that workers never wait for one another; the sets are united at the end.
        async Task<GatheredMembers> WorkAsync()
        {
            Evaluator evaluator = _plan.CreateEvaluator(costs);
            var found = new EvaluationResult();
            var gathered = new GatheredMembers(_planned.Length);
            for (int index = Interlocked.Increment(ref next); index < source.BlockCount; index = Interlocked.Increment(ref next))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Block block = await source.ReadAsync(index, _plan.Request, now, cancellationToken).ConfigureAwait(false);
                evaluator.Evaluate(block, now, members, found);
                gathered.Add(block, found);
                await progress((double)Interlocked.Increment(ref done) / source.BlockCount).ConfigureAwait(false);
            }

            return gathered;
        }

        int workers = Math.Clamp(source.BlockCount, 1, cores ?? Environment.ProcessorCount);
        IEnumerable<Task<GatheredMembers>> work = Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync, cancellationToken));
        GatheredMembers[] parts = await Task.WhenAll(work).ConfigureAwait(false);
        OrdinalSet[] sets = GatheredMembers.Unite(parts);
        var result = new Dictionary<string, OrdinalSet>(StringComparer.Ordinal);
        IReadOnlyDictionary<string, string> failures = costs.Failures;
        for (int i = 0; i < _planned.Length; i++)
            if (!_plan.Errors.ContainsKey(_planned[i]) && !failures.ContainsKey(_planned[i])) result.Add(_planned[i], sets[i]);
        JobError[] errors = [.. _errors,
            .. failures.Select(f => new JobError("UPSEG-1003-400", $"Segment '{f.Key}' was stopped: {f.Value}", ""))];
        return new SegmentEvaluationResult(result, sets[^1], errors, costs.Report());
    }
}

/// <summary>What an evaluation found.</summary>
/// <param name="Members">By segment: the profiles that qualify. Segments with an error are missing.</param>
/// <param name="Profiles">All profiles that were looked at.</param>
/// <param name="Errors">One for each segment that could not be evaluated.</param>
/// <param name="Costs">What it cost.</param>
internal sealed record SegmentEvaluationResult(IReadOnlyDictionary<string, OrdinalSet> Members, OrdinalSet Profiles,
    IReadOnlyList<JobError> Errors, CostReport Costs);
