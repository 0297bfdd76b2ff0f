using Muster.Services.Work;

namespace Muster.Services.Ingestion;

/// <summary>The closed batches that wait for their turn: one lane a sandbox, for the order of arrival is the order of the journal.</summary>
public sealed class BatchQueue(WorkLanes lanes, BatchProcessor processor)
{
    /// <summary>True if another batch of the sandbox cannot be queued.</summary>
    public bool IsFull(string sandboxId) => lanes.Count(Lane(sandboxId)) >= WorkLanes.Capacity;

    /// <summary>Queues a closed batch. One that is queued already, or that finds the lane full, is taken up from its row at the next start at the latest.</summary>
    public void Add(string sandboxId, string batchId) => lanes.TryAdd(Lane(sandboxId), batchId, token => processor.ProcessAsync(sandboxId, batchId, token));

    private static string Lane(string sandboxId) => "ingestion/" + sandboxId;
}
