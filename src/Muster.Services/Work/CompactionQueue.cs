using Muster.Storage.Sandboxes;

namespace Muster.Services.Work;

/// <summary>
/// Compaction in the background: one lane a sandbox, beside all other work. Nothing waits for it, and one that an outage ends is due again after
/// the next batch.
/// </summary>
public sealed class CompactionQueue(WorkLanes lanes, SandboxStores stores)
{
    /// <summary>Looks in the background whether runs of a sandbox are to be made into one.</summary>
    public void Add(string sandboxId) => lanes.TryAdd("compaction/" + sandboxId, sandboxId, async token =>
    {
        SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
        await store.CompactAsync(token).ConfigureAwait(false);
    });
}
