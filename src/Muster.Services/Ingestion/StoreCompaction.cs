using Microsoft.Extensions.Logging;
using Muster.Services.Work;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Ingestion;

/// <summary>Compacts the runs of a sandbox in the background, in a lane of its own: batches and jobs go on meanwhile.</summary>
public sealed class StoreCompaction(WorkLanes lanes, SandboxStores stores, ILogger<StoreCompaction> logger)
{
    /// <summary>Asks for it; one that is under way looks again by itself.</summary>
    public void Add(string sandboxId) => lanes.TryAdd(Lane(sandboxId), "compaction", token => RunAsync(sandboxId, token));

    internal static string Lane(string sandboxId) => "compaction/" + sandboxId;

    private async Task RunAsync(string sandboxId, CancellationToken cancellationToken)
    {
        try
        {
            SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
            await store.CompactAsync(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The boundary of background work: runs that stay many are slow, not wrong, and the next batch asks again.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(exception, "The runs of sandbox {Sandbox} could not be compacted", sandboxId);
        }
#pragma warning restore CA1031
    }
}
