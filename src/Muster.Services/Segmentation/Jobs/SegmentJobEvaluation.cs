using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Pql.Types;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>Evaluates all definitions of a job, stage by stage, over the profiles of their merge methods at one manifest.</summary>
/// <param name="snapshot">What is read; has a view of every method.</param>
/// <param name="components">Which identities are one person there.</param>
/// <param name="schema">The schema of the sandbox.</param>
/// <param name="guardrails">Who is left out.</param>
internal sealed class SegmentJobEvaluation(SandboxSnapshot snapshot, IdentityComponents components, ProfileSchema schema, Guardrails guardrails)
{
    private readonly Dictionary<string, (GraphType Graph, OrdinalSet Members)> _found = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OrdinalSet> _profiles = [];
    private readonly Dictionary<string, long> _oversized = [];
    private readonly List<SegmentCost> _costs = [];

    /// <summary>Evaluates.</summary>
    /// <param name="segments">The definitions.</param>
    /// <param name="methods">The merge method of each merge policy, by the policy's id.</param>
    /// <param name="now">Fixes <c>now</c> and hides later events, ms.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellationToken">Looked at between blocks.</param>
    public async Task<SegmentJobResult> RunAsync(
        IReadOnlyList<JobSegment> segments, IReadOnlyDictionary<string, MergeMethod> methods, long now, JobProgress progress, CancellationToken cancellationToken)
    {
        CompiledSegments compiled = CompiledSegments.Compile(segments, schema);
        Dictionary<string, JobSegment> byId = segments.ToDictionary(s => s.SegmentId, StringComparer.Ordinal);
        IReadOnlyList<SegmentStage> stages = SegmentStages.Order(
            compiled.Queries, segments.ToDictionary(s => s.SegmentId, s => methods[s.MergePolicyId]), out IReadOnlyList<string> cyclic);
        List<JobError> errors = [.. compiled.Errors];
        errors.AddRange(cyclic.Select(id => new JobError("UPSEG-1002-400", $"Segment '{id}': it refers to itself through other segments.", "")));
        for (int s = 0; s < stages.Count; s++)
        {
            SegmentStage stage = stages[s];
            (int Done, int All) share = (s, stages.Count);
            IReadOnlyList<SegmentQuery> excluded = ExcludedProfiles.Queries(schema, guardrails);
            await using IBlockSource source = snapshot.OpenBlocks(stage.Method);
            var members = new StoredMembers(snapshot, components, stage.Method.Graph, new Dictionary<string, (GraphType, OrdinalSet)>(_found));
            SegmentEvaluationResult result = await SegmentEvaluation.Create([.. stage.Queries, .. excluded], schema, now)
                .RunAsync(
                    source, now, members, async done => await progress.ReportAsync((share.Done + done) / share.All).ConfigureAwait(false),
                        cancellationToken,
                    new WorkBudget(guardrails.WorkPerDefinition, guardrails.WorkPerDefinition)).ConfigureAwait(false);
            errors.AddRange(result.Errors);
            Take(stage, result, byId);
        }

        Dictionary<GraphType, Dictionary<string, OrdinalSet>> byGraph = _found.GroupBy(f => f.Value.Graph)
            .ToDictionary(g => g.Key, g => g.ToDictionary(f => f.Key, f => f.Value.Members, StringComparer.Ordinal));
        return new SegmentJobResult(byGraph, _profiles.ToDictionary(p => p.Key, p => p.Value.LongCount), _oversized, errors, _costs);
    }

    private void Take(SegmentStage stage, SegmentEvaluationResult result, Dictionary<string, JobSegment> byId)
    {
        OrdinalSet optedOut = result.Members.GetValueOrDefault(ExcludedProfiles.OptedOut) ?? OrdinalSet.Empty;
        OrdinalSet oversized = result.Members.GetValueOrDefault(ExcludedProfiles.Oversized) ?? OrdinalSet.Empty;
        _costs.AddRange(result.Costs.Segments.Where(cost => byId.ContainsKey(cost.Id)));
        foreach (SegmentQuery query in stage.Queries)
        {
            if (!result.Members.TryGetValue(query.Id, out OrdinalSet? members)) continue;
            members = members.AndNot(oversized);
            _found[query.Id] = (stage.Method.Graph, byId[query.Id].IncludesOptedOut ? members : members.AndNot(optedOut));
        }

        _profiles[stage.Method.Key] = result.Profiles;
        _oversized[stage.Method.Key] = oversized.LongCount;
    }
}

/// <summary>What a job found.</summary>
/// <param name="Members">By graph type and segment: the profiles that qualify. Segments with an error are missing.</param>
/// <param name="Profiles">By key of a merge method: how many profiles were looked at.</param>
/// <param name="Oversized">By key of a merge method: how many of them were left out, since they have too many events.</param>
/// <param name="Errors">One for each segment that could not be evaluated.</param>
/// <param name="Costs">What each segment cost that could be planned.</param>
internal sealed record SegmentJobResult(
    IReadOnlyDictionary<GraphType, Dictionary<string, OrdinalSet>> Members, IReadOnlyDictionary<string, long> Profiles,
    IReadOnlyDictionary<string, long> Oversized, IReadOnlyList<JobError> Errors, IReadOnlyList<SegmentCost> Costs)
{
    /// <summary>How many segments were evaluated.</summary>
    public int Evaluated => Members.Values.Sum(m => m.Count);
}
