using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Services.Ingestion;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.SystemJobs;

/// <summary>
/// Takes batches out of profiles and leaves them in the lake: they stay in the manifest without files, so that a rebuild does not bring them back.
/// Interrupted before its commit, a job has changed nothing, and the next start runs it again.
/// </summary>
public sealed class SystemJobRunner(
    IDbContextFactory<ControlPlaneContext> contexts, SandboxStores stores, TimeProvider time, ILogger<SystemJobRunner> logger)
{
    /// <summary>Runs a job that is not finished; any other is left alone. While the disk is full or the like it waits, and with it what comes behind it.</summary>
    public async Task RunAsync(string sandboxId, string jobId, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (await StartAsync(jobId, cancellationToken).ConfigureAwait(false) is { } job)
                    await TakeOutAsync(sandboxId, job, cancellationToken).ConfigureAwait(false);
                return;
            }
#pragma warning disable CA1031 // The lane must go on whatever breaks; the reason goes to the log.
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is StoreUnusableException || StorageFault.IsOfTheMachine(exception))
            {
                logger.LogError(exception, "System job {Job} waits: {Reason}", jobId, exception.Message);
            }
            catch (Exception exception)
            {
                logger.LogError(exception, "System job {Job} failed", jobId);
                await FailAsync(jobId).ConfigureAwait(false);
                return;
            }
#pragma warning restore CA1031
            try
            {
                await Task.Delay(BatchProcessor.RetryInterval, time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task TakeOutAsync(string sandboxId, ProfileSystemJob job, CancellationToken cancellationToken)
    {
        SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
        string[] batches = [];
        PreparedApply prepared = await store.PrepareAsync(
            profiles =>
            {
                batches = [.. profiles.Current.Batches.Select(b => b.Batch)
                    .Where(b => b.DatasetId == job.DatasetId && (job.BatchId is null || b.BatchId == job.BatchId) && b.Files.Count > 0).Select(b => b.BatchId)];
                return new StoreChange { WithdrawnBatches = batches.ToHashSet(StringComparer.Ordinal) };
            },
            null, cancellationToken).ConfigureAwait(false);
        var payload = new { jobId = job.Id, datasetId = job.DatasetId, batches };
        await store.CommitAsync(prepared, JournalKinds.ProfileDataDeleted, payload, async (context, _) =>
        {
            ProfileSystemJob row = await context.ProfileSystemJobs.SingleAsync(j => j.Id == job.Id, cancellationToken).ConfigureAwait(false);
            row.Status = JobStatus.Succeeded;
            row.Records = await context.Batches.Where(b => batches.Contains(b.Id)).SumAsync(b => b.OutputRecords, cancellationToken).ConfigureAwait(false);
            row.UpdatedAt = Now;
            return true;
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ProfileSystemJob?> StartAsync(string jobId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        ProfileSystemJob? job = await context.ProfileSystemJobs.SingleOrDefaultAsync(j => j.Id == jobId, cancellationToken).ConfigureAwait(false);
        if (job is not { Status: JobStatus.New or JobStatus.Processing }) return null;
        job.Status = JobStatus.Processing;
        job.UpdatedAt = Now;
        job.StartedAt ??= job.UpdatedAt;
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return job;
    }

    private async Task FailAsync(string jobId)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(CancellationToken.None).ConfigureAwait(false);
        await context.ProfileSystemJobs.Where(j => j.Id == jobId && j.Status == JobStatus.Processing)
            .ExecuteUpdateAsync(s => s.SetProperty(j => j.Status, JobStatus.Failed).SetProperty(j => j.UpdatedAt, Now)).ConfigureAwait(false);
    }
}
