using Muster.Services.Ingestion;
using Muster.Services.Work;

namespace Muster.Services.Entities;

/// <summary>
/// Deletions of people, in the lane of the sandbox's batches: what arrived before is forgotten, what arrives later is not.
/// </summary>
public sealed class ErasureQueue(WorkLanes lanes, ErasureRunner runner)
{
    /// <summary>Queues a request; one that is queued already is left alone.</summary>
    public void Add(string sandboxId, string requestId) =>
        lanes.TryAdd(BatchQueue.Lane(sandboxId), requestId, token => runner.RunAsync(sandboxId, requestId, token));
}
