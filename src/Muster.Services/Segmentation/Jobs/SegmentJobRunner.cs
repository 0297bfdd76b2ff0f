using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Muster.Pql.Types;
using Muster.Services.MergePolicies;
using Muster.Services.Schemas;
using Muster.Storage.ControlPlane;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>
/// Runs segment jobs. A job pins one manifest and one instant, evaluates all its definitions over it, and publishes the membership in the
/// transaction that makes it SUCCEEDED: a job that fails, is cancelled or loses its lease has changed nothing.
/// </summary>
public sealed class SegmentJobRunner(
    IDbContextFactory<ControlPlaneContext> contexts, SandboxStores stores, SandboxSchemas schemas, Guardrails guardrails, TimeProvider time,
        ILogger<SegmentJobRunner> logger)
{
    private readonly string _owner = Guid.NewGuid().ToString("N");

    /// <summary>Runs one job that is not final; any other is left alone.</summary>
    public async Task RunAsync(string sandboxId, string jobId, CancellationToken cancellationToken)
    {
        SegmentJob? job = await TakeAsync(jobId).ConfigureAwait(false);
        if (job is null) return;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
            await store.WithRepairAsync(() => EvaluateAsync(store, sandboxId, job, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A job must reach a final status whatever breaks; the reason goes to the log, not to the client.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Either a client asked (the row says CANCELLING), or the process stops (it says PROCESSING and the next start runs it again).
            await EndAsync(job, JobStatus.Cancelling, JobStatus.Cancelled, []).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Segment job {Job} failed", jobId);
            var error = new JobError(
                "UPSEG-1000-500",
                "The job failed because of an error of the server. Nothing was changed. See the server's log, then run it again.",
                "");
            await EndAsync(job, null, JobStatus.Failed, [error]).ConfigureAwait(false);
        }
#pragma warning restore CA1031
    }

    /// <returns>False if the job came to nothing, and its row says why.</returns>
    private async Task<bool> EvaluateAsync(SandboxStore store, string sandboxId, SegmentJob job, CancellationToken cancellationToken)
    {
        JobSegment[] segments = JsonSerializer.Deserialize<JobSegment[]>(job.Segments)!;
        IReadOnlyDictionary<string, MergeMethod> methods = await MethodsAsync(sandboxId, segments, cancellationToken).ConfigureAwait(false);
        ILookup<bool, JobSegment> byPolicy = segments.ToLookup(s => methods.ContainsKey(s.MergePolicyId));
        (SandboxSnapshot snapshot, IdentityComponents components) =
            await store.TakeSnapshotAsync([.. methods.Values.Distinct()], cancellationToken).ConfigureAwait(false);
        await using SandboxSnapshot pinned = snapshot;
        // A run is told from the one before by its time: after a clock was set back it still is the later one.
        long started = Math.Max(Now(), Enum.GetValues<GraphType>().Max(g => snapshot.Space(g).File?.Time + 1 ?? 0));
        ProfileSchema schema = await schemas.GetAsync(sandboxId, cancellationToken).ConfigureAwait(false);
        var evaluation = new SegmentJobEvaluation(snapshot, components, schema, guardrails);
        SegmentJobResult result = await evaluation.RunAsync([.. byPolicy[true]], methods, started, new JobProgress(contexts, job.Id), cancellationToken).ConfigureAwait(false);
        result = result with { Errors = [.. byPolicy[false].Select(PolicyIsGone), .. result.Errors] };
        if (segments.Length > 0 && result.Evaluated == 0)
        {
            await EndAsync(job, null, JobStatus.Failed, result.Errors).ConfigureAwait(false);
            return false;
        }

        long evaluated = Math.Max(Now(), started);
        HashSet<string> existing = await ExistingSegmentsAsync(sandboxId, segments, cancellationToken).ConfigureAwait(false);
        (Dictionary<GraphType, string> paths, Dictionary<string, MembershipCounters> counters) = WriteMembership(store, snapshot, result, existing, started);
        JsonObject metrics = SegmentJobMetrics.Finished(
            job.CreatedAt, started, evaluated, Math.Max(Now(), evaluated), result, counters, methods, components);
        var payload = new
        {
            jobId = job.Id,
            memberships = paths.ToDictionary(p => p.Key, p => Path.GetFileName(p.Value)),
            asOf = started,
            manifest = snapshot.Manifest.Number,
            segments = segments.Length
        };
        bool committed = await store.CommitMembershipAsync(snapshot.Manifest, paths, payload, async (context, _) =>
        {
            SegmentJob? row = await context.SegmentJobs.SingleOrDefaultAsync(j => j.Id == job.Id, cancellationToken).ConfigureAwait(false);
            if (row is null || row.Fence != job.Fence || row.Status != JobStatus.Processing) return false;
            row.Status = JobStatus.Succeeded;
            row.Metrics = metrics.ToJsonString();
            row.Errors = JsonSerializer.Serialize(result.Errors);
            row.AsOf = started;
            row.ManifestNumber = snapshot.Manifest.Number;
            row.Progress = 1;
            row.Owner = null;
            row.UpdatedAt = Now();
            return true;
        }, cancellationToken).ConfigureAwait(false);
        if (!committed) await EndAsync(job, JobStatus.Cancelling, JobStatus.Cancelled, []).ConfigureAwait(false);
        return committed;
    }

    /// <summary>The merge methods of the policies that the definitions name, as the policies are now; those that are gone are missing.</summary>
    private async Task<IReadOnlyDictionary<string, MergeMethod>> MethodsAsync(
        string sandboxId, JobSegment[] segments, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, MergePolicy> policies = await context.MergePolicies.AsNoTracking().Where(p => p.SandboxId == sandboxId)
            .ToDictionaryAsync(p => p.Id, cancellationToken).ConfigureAwait(false);
        return segments.Select(s => s.MergePolicyId).Distinct().Where(policies.ContainsKey).ToDictionary(id => id, id => policies[id].ToMergeMethod());
    }

    private static JobError PolicyIsGone(JobSegment segment) =>
        new("UPSEG-1004-400", $"Segment '{segment.SegmentId}': its merge policy '{segment.MergePolicyId}' was deleted. Give the definition another one.", "");

    /// <summary>
    /// Writes a file for each graph type that has members of any segment. A segment that changed to a policy of the other type leaves the file of
    /// the one it had.
    /// </summary>
    private static (Dictionary<GraphType, string> Paths, Dictionary<string, MembershipCounters> Counters) WriteMembership(
        SandboxStore store, SandboxSnapshot snapshot, SegmentJobResult result, HashSet<string> existing, long time)
    {
        var paths = new Dictionary<GraphType, string>();
        var counters = new Dictionary<string, MembershipCounters>(StringComparer.Ordinal);
        foreach (GraphType graph in Enum.GetValues<GraphType>())
        {
            MembershipSpace space = snapshot.Space(graph);
            Dictionary<string, OrdinalSet> evaluated = result.Members.GetValueOrDefault(graph) ?? [];
            if (evaluated.Count == 0 && space.File is null && graph != GraphType.Pdg) continue;
            HashSet<string> elsewhere = [.. result.Members.Where(m => m.Key != graph).SelectMany(m => m.Value.Keys)];
            paths[graph] = store.NewMembershipPath();
            var update = new MembershipUpdate
            {
                Space = graph == GraphType.Pdg ? "pdg" : "none",
                Time = time,
                Evaluated = evaluated,
                Previous = space.File,
                Remap = space.Remap,
                ExistingSegments = existing.Where(s => !elsewhere.Contains(s)).ToHashSet(),
            };
            foreach ((string id, MembershipCounters counted) in update.Write(paths[graph], store.Files)) counters.Add(id, counted);
        }

        return (paths, counters);
    }

    /// <summary>
    /// The segments whose membership lives on: those that have a definition, and those of this job (deleted meanwhile or not).
    /// </summary>
    private async Task<HashSet<string>> ExistingSegmentsAsync(string sandboxId, JobSegment[] segments, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        HashSet<string> existing = await context.SegmentDefinitions.Where(d => d.SandboxId == sandboxId).Select(d => d.Id)
            .ToHashSetAsync(cancellationToken).ConfigureAwait(false);
        existing.UnionWith(segments.Select(s => s.SegmentId));
        return existing;
    }

    /// <summary>
    /// Takes a job: from here on only the holder of its fence number may commit it. Null if there is nothing to run. A cancelled job too
    /// must be taken, to become CANCELLED.
    /// </summary>
    private async Task<SegmentJob?> TakeAsync(string jobId)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
        // The transaction holds the write lock from here on: a cancel comes before the read or after the write, and no two get one number.
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync().ConfigureAwait(false);
        SegmentJob? job = await context.SegmentJobs.SingleOrDefaultAsync(j => j.Id == jobId).ConfigureAwait(false);
        if (job is null || JobStatus.IsFinal(job.Status)) return null;
        job.Owner = _owner;
        job.Fence++;
        job.Progress = 0;
        job.ComputeGatewayJobId ??= Guid.NewGuid().ToString();
        job.UpdatedAt = Now();
        job.Status = job.Status == JobStatus.Cancelling ? JobStatus.Cancelled : JobStatus.Processing;
        if (job.Status == JobStatus.Cancelled) job.Owner = null;
        await context.SaveChangesAsync().ConfigureAwait(false);
        await transaction.CommitAsync().ConfigureAwait(false);
        return job.Status == JobStatus.Processing ? job : null;
    }

    private async Task EndAsync(SegmentJob job, string? onlyFrom, string status, IReadOnlyList<JobError> errors)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync().ConfigureAwait(false);
        SegmentJob? row = await context.SegmentJobs.SingleOrDefaultAsync(j => j.Id == job.Id).ConfigureAwait(false);
        if (row is null || row.Fence != job.Fence || JobStatus.IsFinal(row.Status)
            || (onlyFrom is not null && row.Status != onlyFrom)) return;
        // A job whose cancelling was accepted ends as cancelled, whatever it met on its way.
        row.Status = row.Status == JobStatus.Cancelling ? JobStatus.Cancelled : status;
        row.Owner = null;
        row.UpdatedAt = Now();
        row.Errors = JsonSerializer.Serialize(errors);
        JsonObject metrics = SegmentJobMetrics.Starting(job.CreatedAt);
        metrics["totalTime"] = SegmentJobMetrics.Timing(job.CreatedAt, row.UpdatedAt);
        row.Metrics = metrics.ToJsonString();
        await context.SaveChangesAsync().ConfigureAwait(false);
        await transaction.CommitAsync().ConfigureAwait(false);
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
