using Muster.Services.Work;

namespace Muster.Services.Ingestion;

/// <summary>
/// The closed batches that wait for their turn: one lane a sandbox, for the order of arrival is the order of the journal.
/// </summary>
public sealed class BatchQueue(WorkLanes lanes, BatchProcessor processor)
{
    /// <summary>The most batches that may wait in one sandbox.</summary>
    public const int Capacity = 1000;

    /// <summary>True if the sandbox has as many waiting batches as it may: no more are accepted from clients.</summary>
    public bool IsFull(string sandboxId) => lanes.Count(Lane(sandboxId)) >= Capacity;

    /// <summary>Queues a closed batch; one that is queued already is left alone.</summary>
    public void Add(string sandboxId, string batchId) =>
        lanes.TryAdd(Lane(sandboxId), batchId, token => processor.ProcessAsync(sandboxId, batchId, token));

    /// <summary>The lane of a sandbox, for whatever must keep the order of arrival.</summary>
    internal static string Lane(string sandboxId) => "ingestion/" + sandboxId;
}
