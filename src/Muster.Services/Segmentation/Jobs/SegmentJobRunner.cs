using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Muster.Pql.Types;
using Muster.Services.Schemas;
using Muster.Storage.ControlPlane;
using Muster.Storage.Membership;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>
/// Runs segment jobs. A job pins one manifest and one instant, evaluates all its definitions over it, and publishes the membership in the
/// transaction that makes it SUCCEEDED: a job that fails, is cancelled or loses its lease has changed nothing.
/// </summary>
public sealed class SegmentJobRunner(
    IDbContextFactory<ControlPlaneContext> contexts, SandboxStores stores, SandboxSchemas schemas, TimeProvider time,
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
            await EvaluateAsync(sandboxId, job, cancellationToken).ConfigureAwait(false);
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

    private async Task EvaluateAsync(string sandboxId, SegmentJob job, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
        await using SandboxSnapshot snapshot = store.TakeSnapshot();
        // A run is told from the one before by its time: after a clock was set back it still is the later one.
        long started = Math.Max(Now(), snapshot.Membership?.Time + 1 ?? 0);
        ProfileSchema schema = await schemas.GetAsync(sandboxId, cancellationToken).ConfigureAwait(false);
        JobSegment[] segments = JsonSerializer.Deserialize<JobSegment[]>(job.Segments)!;
        SegmentEvaluation evaluation = SegmentEvaluation.Prepare(segments, schema);
        var progress = new JobProgress(contexts, job.Id);
        SegmentEvaluationResult result = await evaluation.RunAsync(snapshot, started, progress, cancellationToken).ConfigureAwait(false);
        if (segments.Length > 0 && result.Members.Count == 0)
        {
            await EndAsync(job, null, JobStatus.Failed, result.Errors).ConfigureAwait(false);
            return;
        }

        long evaluated = Math.Max(Now(), started);
        string path = store.NewMembershipPath();
        IReadOnlyDictionary<string, MembershipCounters> counters = new MembershipUpdate
        {
            Space = "pdg",
            Time = started,
            Evaluated = result.Members,
            Previous = snapshot.Membership,
            Retirements = new Retirements(snapshot.Manifest.Retirements),
            ExistingSegments = await ExistingSegmentsAsync(sandboxId, segments, cancellationToken).ConfigureAwait(false),
        }.Write(path, store.Files);
        JsonObject metrics = SegmentJobMetrics.Finished(
            job.CreatedAt, started, evaluated, Math.Max(Now(), evaluated), result, counters, segments, snapshot);
        var payload = new
        {
            jobId = job.Id,
            membership = Path.GetFileName(path),
            asOf = started,
            manifest = snapshot.Manifest.Number,
            segments = segments.Length
        };
        bool committed = await store.CommitMembershipAsync(snapshot.Manifest, path, payload, async (context, _) =>
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
