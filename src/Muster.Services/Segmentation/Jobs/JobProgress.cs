using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>Writes a job's progress into its row, at most once for each fiftieth of the work: the row is on disk each time.</summary>
internal sealed class JobProgress(IDbContextFactory<ControlPlaneContext> contexts, string jobId)
{
    private int _written;

    /// <summary>Says how much is done.</summary>
    /// <param name="fraction">0 to 1.</param>
    public async ValueTask ReportAsync(double fraction)
    {
        int step = (int)(fraction * 50);
        if (step <= Volatile.Read(ref _written) || step >= 50) return;
        Volatile.Write(ref _written, step);
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
        await context.SegmentJobs.Where(j => j.Id == jobId && j.Status == JobStatus.Processing)
            .ExecuteUpdateAsync(j => j.SetProperty(p => p.Progress, fraction)).ConfigureAwait(false);
    }
}
