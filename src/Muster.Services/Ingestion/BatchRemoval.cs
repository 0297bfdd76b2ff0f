using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Ingestion;

/// <summary>
/// Takes batches out again: their records, events and links stop counting, and their batches become inactive or go, in one commit. Runs in the
/// lane of ingestion, for it is a change of the store like any other.
/// </summary>
public sealed class BatchRemoval(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, SandboxStores stores, TimeProvider time, ILogger<BatchRemoval> logger)
{
    /// <summary>
    /// Reverts a batch whose revert was asked for; any other is left alone. While the disk is full or the like it waits, and with it what
    /// comes behind it: a revert was accepted, and a later batch must not overtake it.
    /// </summary>
    public async Task RevertAsync(string sandboxId, string batchId, CancellationToken cancellationToken)
    {
        while (!await TryRevertAsync(sandboxId, batchId, cancellationToken).ConfigureAwait(false))
        {
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

    /// <returns>False if the same may succeed later.</returns>
    private async Task<bool> TryRevertAsync(string sandboxId, string batchId, CancellationToken cancellationToken)
    {
        try
        {
            await RevertOnceAsync(sandboxId, batchId, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The boundary of background work: the batch counts as before, and the next start tries again.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The process is stopping; the row still asks for it.
        }
        catch (Exception exception) when (exception is StoreUnusableException || StorageFault.IsOfTheMachine(exception))
        {
            logger.LogError(exception, "The revert of batch {Batch} waits: {Reason}", batchId, exception.Message);
            return false;
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Batch {Batch} could not be reverted", batchId);
        }
#pragma warning restore CA1031
        return true;
    }

    private async Task RevertOnceAsync(string sandboxId, string batchId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext read = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Batch? batch = await read.Batches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == batchId && b.SandboxId == sandboxId, cancellationToken)
            .ConfigureAwait(false);
        if (batch is not { Status: BatchStatus.Success, RevertAskedAt: not null }) return;
        await CommitAsync(sandboxId, [batchId], JournalKinds.BatchReverted, new { batchId, datasetId = batch.DatasetId }, async context =>
        {
            Batch row = await context.Batches.SingleAsync(b => b.Id == batchId, cancellationToken).ConfigureAwait(false);
            Retire(row, time.GetUtcNow().ToUnixTimeMilliseconds());
        }, cancellationToken).ConfigureAwait(false);
        DeleteFolder(folder.Lake(sandboxId, batch.DatasetId, batchId));
    }

    /// <summary>Deletes a dataset with all its batches.</summary>
    /// <param name="sandboxId">Its sandbox.</param>
    /// <param name="datasetId">Deleted already: nothing happens.</param>
    /// <param name="check">Throws if the row, as it is in the transaction, must not be deleted.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    public async Task DeleteDatasetAsync(string sandboxId, string datasetId, Action<Dataset> check, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext read = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Dataset? dataset = await read.Datasets.AsNoTracking()
            .SingleOrDefaultAsync(d => d.Id == datasetId && d.SandboxId == sandboxId, cancellationToken).ConfigureAwait(false);
        if (dataset is null) return;
        check(dataset);
        string[] batches = await read.Batches.Where(b => b.DatasetId == datasetId).Select(b => b.Id).ToArrayAsync(cancellationToken)
            .ConfigureAwait(false);
        await CommitAsync(sandboxId, batches, JournalKinds.DatasetDeleted, new { datasetId, batches }, async context =>
        {
            Dataset row = await context.Datasets.SingleAsync(d => d.Id == datasetId, cancellationToken).ConfigureAwait(false);
            check(row);
            context.Datasets.Remove(row);
            foreach (Batch batch in await context.Batches.Where(b => b.DatasetId == datasetId).ToListAsync(cancellationToken).ConfigureAwait(false))
            {
                await UploadRows.RemoveAsync(context, batch.Id, cancellationToken).ConfigureAwait(false);
                context.Batches.Remove(batch);
            }
        }, cancellationToken).ConfigureAwait(false);
        foreach (string batchId in batches)
        {
            DeleteFolder(folder.Staging(sandboxId, batchId));
            DeleteFolder(folder.Failed(sandboxId, batchId));
        }

        DeleteFolder(Path.GetDirectoryName(folder.Lake(sandboxId, datasetId, "x"))!);
    }

    /// <summary>Turns a batch that counted into one that does no more, on its row.</summary>
    internal static void Retire(Batch batch, long now)
    {
        batch.Status = BatchStatus.Inactive;
        batch.Files = "[]";
        batch.RevertAskedAt = null;
        batch.Touch(now);
    }

    /// <summary>Deletes a folder of files that no row names any more.</summary>
    internal static void DeleteFolder(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    private async Task CommitAsync(
        string sandboxId, IReadOnlyList<string> batches, string kind, object payload, Func<ControlPlaneContext, Task> change,
        CancellationToken cancellationToken)
    {
        SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
        var removal = new StoreChange { RemovedBatches = batches.ToHashSet(StringComparer.Ordinal) };
        PreparedApply prepared = await store.PrepareAsync(removal, null, cancellationToken).ConfigureAwait(false);
        await store.CommitAsync(prepared, kind, payload, async (context, _) =>
        {
            await change(context).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
    }
}
