using Microsoft.EntityFrameworkCore;
using Muster.Services.Export;
using Muster.Services.Ingestion;
using Muster.Services.Segmentation.Jobs;
using Muster.Storage;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Work;

/// <summary>Takes up at start what the last process left: closed batches, and jobs that were waiting, running or being cancelled.</summary>
public sealed class WorkRecovery(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, BatchQueue batches, SegmentJobQueue segmentJobs,
        ExportJobQueue exportJobs)
{
    /// <summary>
    /// Deletes files that unfinished work left, and queues all unfinished work, each kind in the order in which it was asked for.
    /// </summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await LeftoverFiles.SweepAsync(context, folder, cancellationToken).ConfigureAwait(false);
        HashSet<string> active = [.. await context.Sandboxes.Where(s => s.State == "active").Select(s => s.Id)
            .ToListAsync(cancellationToken).ConfigureAwait(false)];
        // One that was being processed came before all that wait, though its row was changed after theirs.
        foreach (Batch batch in await context.Batches.AsNoTracking()
            .Where(b => b.Status == BatchStatus.Loaded || b.Status == BatchStatus.Staging)
            .OrderByDescending(b => b.Status == BatchStatus.Staging).ThenBy(b => b.UpdatedAt).ThenBy(b => b.Id)
                .ToListAsync(cancellationToken).ConfigureAwait(false))
            if (active.Contains(batch.SandboxId)) batches.Add(batch.SandboxId, batch.Id);
        foreach (Batch batch in await context.Batches.AsNoTracking().Where(b => b.Status == BatchStatus.Success && b.RevertAskedAt != null)
            .OrderBy(b => b.RevertAskedAt).ThenBy(b => b.Id).ToListAsync(cancellationToken).ConfigureAwait(false))
            if (active.Contains(batch.SandboxId)) batches.AddRevert(batch.SandboxId, batch.Id);
        foreach (SegmentJob job in await context.SegmentJobs.AsNoTracking()
            .Where(j => j.Status != JobStatus.Succeeded && j.Status != JobStatus.Failed && j.Status != JobStatus.Cancelled)
            .OrderBy(j => j.ComputeJobId).ToListAsync(cancellationToken).ConfigureAwait(false))
            if (active.Contains(job.SandboxId)) segmentJobs.Add(job.SandboxId, job.Id);
        foreach (ExportJob job in await context.ExportJobs.AsNoTracking()
            .Where(j => j.Status != JobStatus.Succeeded && j.Status != JobStatus.Failed && j.Status != JobStatus.Cancelled)
            .OrderBy(j => j.Id).ToListAsync(cancellationToken).ConfigureAwait(false))
            if (active.Contains(job.SandboxId)) exportJobs.Add(job.SandboxId, job.Id);
    }
}
