using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Services.Work;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Tenancy;

/// <summary>
/// Removes what a sandbox that was deleted held: ends its work, closes its store, deletes the rows that name files, and its folder. In the
/// background; what a restart cuts short, the next start does.
/// </summary>
public sealed class SandboxRemoval(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, SandboxStores stores, WorkLanes lanes, ILogger<SandboxRemoval> logger)
{
    /// <summary>The lane of removals.</summary>
    public const string Lane = "removal";

    /// <summary>Asks for the files of a deleted sandbox to be removed.</summary>
    public void Start(string sandboxId) => lanes.TryAdd(Lane, sandboxId, _ => RemoveAsync(sandboxId));

    /// <summary>Deletes the rows that name files of a sandbox that nobody uses any more, then its folder.</summary>
    internal static async Task RemoveAsync(
        ControlPlaneContext context, DataFolder folder, string sandboxId, CancellationToken cancellationToken)
    {
        IQueryable<string> batches = context.Batches.Where(b => b.SandboxId == sandboxId).Select(b => b.Id);
        await context.Uploads.Where(u => batches.Contains(u.BatchId)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await context.UploadParts.Where(p => batches.Contains(p.BatchId)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await context.Batches.Where(b => b.SandboxId == sandboxId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await context.Manifests.Where(m => m.SandboxId == sandboxId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        string path = folder.Sandbox(sandboxId);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    private async Task RemoveAsync(string sandboxId)
    {
        await lanes.EndAsync(lane => lane.EndsWith("/" + sandboxId, StringComparison.Ordinal)).ConfigureAwait(false);
        try
        {
            await stores.CloseAsync(sandboxId).ConfigureAwait(false);
            await using ControlPlaneContext context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
            await RemoveAsync(context, folder, sandboxId, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(fault, "The files of the deleted sandbox {Sandbox} are removed at the next start", sandboxId);
        }
    }
}
