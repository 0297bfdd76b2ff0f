using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Services.Entities;
using Muster.Services.Export;
using Muster.Services.Ingestion;
using Muster.Services.Segmentation.Jobs;
using Muster.Services.SystemJobs;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Work;

/// <summary>Takes up at start what the last process left: closed batches, and jobs that were waiting, running or being cancelled.</summary>
public sealed class WorkRecovery(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, BatchQueue batches, SegmentJobQueue segmentJobs,
        ExportJobQueue exportJobs, ErasureQueue erasureQueue, SystemJobQueue systemJobs, SandboxStores stores, TimeProvider time, ILogger<WorkRecovery> logger)
{
    /// <summary>
    /// Deletes files that unfinished work left, opens the stores, so that those that must be made anew or upgraded are so before the first request,
    /// and queues all unfinished work, each kind in the order in which it was asked for.
    /// </summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await LeftoverFiles.SweepAsync(context, folder, time.GetUtcNow().ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        HashSet<string> active = [.. await context.Sandboxes.Where(s => s.State == "active").Select(s => s.Id)
            .ToListAsync(cancellationToken).ConfigureAwait(false)];
        foreach (string sandbox in active) await OpenAsync(sandbox, cancellationToken).ConfigureAwait(false);
        // Identity files are read whole, hundreds of megabytes for ten million people: what that leaves behind would stay resident for good.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        await ResumeArrivalsAsync(context, active, cancellationToken).ConfigureAwait(false);
        foreach (SegmentJob job in await context.SegmentJobs.AsNoTracking()
            .Where(j => j.Status != JobStatus.Succeeded && j.Status != JobStatus.Failed && j.Status != JobStatus.Cancelled)
            .OrderBy(j => j.ComputeJobId).ToListAsync(cancellationToken).ConfigureAwait(false))
            if (active.Contains(job.SandboxId)) segmentJobs.Add(job.SandboxId, job.Id);
        foreach (ExportJob job in await context.ExportJobs.AsNoTracking()
            .Where(j => j.Status != JobStatus.Succeeded && j.Status != JobStatus.Failed && j.Status != JobStatus.Cancelled)
            .OrderBy(j => j.Id).ToListAsync(cancellationToken).ConfigureAwait(false))
            if (active.Contains(job.SandboxId)) exportJobs.Add(job.SandboxId, job.Id);
    }

    private async Task OpenAsync(string sandboxId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await stores.GetAsync(sandboxId).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One sandbox must not keep the others from being served; whoever asks for it gets the reason.
        catch (Exception exception)
        {
            logger.LogError(exception, "The store of sandbox {Sandbox} cannot be opened; it is tried again when it is asked for", sandboxId);
        }
#pragma warning restore CA1031
    }

    // Batches and deletions share a lane. One that was being processed came before all that wait, though its row was changed after theirs.
    private async Task ResumeArrivalsAsync(ControlPlaneContext context, HashSet<string> active, CancellationToken cancellationToken)
    {
        List<Batch> loaded = await context.Batches.AsNoTracking()
            .Where(b => b.Status == BatchStatus.Loaded || b.Status == BatchStatus.Staging).ToListAsync(cancellationToken).ConfigureAwait(false);
        List<ErasureRequest> erasures = await context.ErasureRequests.AsNoTracking()
            .Where(r => r.Status == JobStatus.New || r.Status == JobStatus.Processing).ToListAsync(cancellationToken).ConfigureAwait(false);
        List<Batch> reverts = await context.Batches.AsNoTracking().Where(b => b.Status == BatchStatus.Success && b.RevertAskedAt != null)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        List<ProfileSystemJob> jobs = await context.ProfileSystemJobs.AsNoTracking()
            .Where(j => j.Status == JobStatus.New || j.Status == JobStatus.Processing).ToListAsync(cancellationToken).ConfigureAwait(false);
        IEnumerable<(bool Began, long Time, string Id, Action Add)> waiting = loaded.Where(b => active.Contains(b.SandboxId))
            .Select(b => (b.Status == BatchStatus.Staging, b.UpdatedAt, b.Id, (Action)(() => batches.Add(b.SandboxId, b.Id))))
            .Concat(reverts.Where(b => active.Contains(b.SandboxId))
                .Select(b => (false, b.RevertAskedAt!.Value, b.Id, (Action)(() => batches.AddRevert(b.SandboxId, b.Id)))))
            .Concat(erasures.Where(r => active.Contains(r.SandboxId))
                .Select(r => (r.Status == JobStatus.Processing, r.CreatedAt, r.Id, (Action)(() => erasureQueue.Add(r.SandboxId, r.Id)))))
            .Concat(jobs.Where(j => active.Contains(j.SandboxId))
                .Select(j => (j.Status == JobStatus.Processing, j.CreatedAt, j.Id, (Action)(() => systemJobs.Add(j.SandboxId, j.Id)))));
        foreach ((_, _, _, Action add) in waiting.OrderByDescending(w => w.Began).ThenBy(w => w.Time).ThenBy(w => w.Id, StringComparer.Ordinal)) add();
    }
}
