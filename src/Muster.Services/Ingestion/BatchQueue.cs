using Muster.Services.Work;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Ingestion;

/// <summary>
/// The changes of what is in a sandbox that wait for their turn, closed batches and removals: one lane a sandbox, for the order of arrival is
/// the order of the journal.
/// </summary>
/// <param name="lanes">Run it.</param>
/// <param name="processor">Works batches in.</param>
/// <param name="removal">Takes batches out.</param>
/// <param name="compaction">Told after each batch; null for a store that is compacted by hand.</param>
public sealed class BatchQueue(WorkLanes lanes, BatchProcessor processor, BatchRemoval removal, CompactionQueue? compaction = null)
{
    /// <summary>The most batches that may wait in one sandbox.</summary>
    public const int Capacity = 1000;

    /// <summary>True if the sandbox has as many waiting batches as it may: no more are accepted from clients.</summary>
    public bool IsFull(string sandboxId) => lanes.Count(Lane(sandboxId)) >= Capacity;

    /// <summary>Queues a closed batch; one that is queued already is left alone.</summary>
    public void Add(string sandboxId, string batchId) =>
        lanes.TryAdd(Lane(sandboxId), batchId, async token =>
        {
            await processor.ProcessAsync(sandboxId, batchId, token).ConfigureAwait(false);
            compaction?.Add(sandboxId);
        });

    /// <summary>Queues the revert of a batch whose row asks for it.</summary>
    public void AddRevert(string sandboxId, string batchId) =>
        lanes.TryAdd(Lane(sandboxId), "revert/" + batchId, token => removal.RevertAsync(sandboxId, batchId, token));

    /// <summary>Deletes a dataset when its turn has come, and waits for that. The work goes on if the caller stops waiting.</summary>
    public async Task DeleteDatasetAsync(string sandboxId, string datasetId, Action<Dataset> check, CancellationToken cancellationToken)
    {
        Exception? fault = null;
        string id = $"dataset/{datasetId}/{Guid.NewGuid():N}";
        bool isAdded = lanes.TryAdd(Lane(sandboxId), id, async token =>
        {
            try
            {
                await removal.DeleteDatasetAsync(sandboxId, datasetId, check, token).ConfigureAwait(false);
            }
            catch (Exception thrown)
            {
                fault = thrown;
                if (thrown is not RequestRefusedException) throw;
            }
        });
        if (!isAdded) throw new RequestRefusedException(503, "server.stopping", "The server is stopping. Try again when it is back.");
        await lanes.WhenEndedAsync(Lane(sandboxId), id).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (fault is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
    }

    /// <summary>The lane of a sandbox, for whatever must keep the order of arrival.</summary>
    internal static string Lane(string sandboxId) => "ingestion/" + sandboxId;
}
