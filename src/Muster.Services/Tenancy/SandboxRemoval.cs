using Microsoft.Extensions.Logging;
using Muster.Services.Work;
using Muster.Storage;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Tenancy;

/// <summary>
/// Removes the files of a sandbox that was deleted: ends its work, closes its store, deletes its folder. In the background; what a restart cuts
/// short, the next start does.
/// </summary>
public sealed class SandboxRemoval(DataFolder folder, SandboxStores stores, WorkLanes lanes, ILogger<SandboxRemoval> logger)
{
    /// <summary>The lane of removals.</summary>
    public const string Lane = "removal";

    /// <summary>Asks for the files of a deleted sandbox to be removed.</summary>
    public void Start(string sandboxId) => lanes.TryAdd(Lane, sandboxId, _ => RemoveAsync(sandboxId));

    private async Task RemoveAsync(string sandboxId)
    {
        await lanes.EndAsync(lane => lane.EndsWith("/" + sandboxId, StringComparison.Ordinal)).ConfigureAwait(false);
        try
        {
            await stores.CloseAsync(sandboxId).ConfigureAwait(false);
            string path = folder.Sandbox(sandboxId);
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(fault, "The files of the deleted sandbox {Sandbox} are removed at the next start", sandboxId);
        }
    }
}
