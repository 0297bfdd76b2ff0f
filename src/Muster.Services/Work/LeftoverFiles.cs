using Microsoft.EntityFrameworkCore;
using Muster.Services.Ingestion;
using Muster.Services.Tenancy;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.Maintenance;

namespace Muster.Services.Work;

/// <summary>
/// What a process that died left behind in the folders of batches: uploads of batches that are closed for good, and lake files that no
/// batch names, and sandboxes that were deleted. Nobody reads them; they only take room.
/// </summary>
internal static class LeftoverFiles
{
    /// <summary>How long the failed records of a batch are kept after it ended.</summary>
    private static readonly TimeSpan DiagnosticsKept = TimeSpan.FromDays(30);

    /// <summary>Deletes them. Only at start, before any work runs.</summary>
    public static async Task SweepAsync(ControlPlaneContext context, DataFolder folder, long now, CancellationToken cancellationToken)
    {
        await UnnamedFiles.SweepLakeAsync(context, folder, cancellationToken).ConfigureAwait(false);
        foreach (Sandbox sandbox in await context.Sandboxes.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            string sandboxId = sandbox.Id;
            if (sandbox.State == "deleted")
            {
                await SandboxRemoval.RemoveAsync(context, folder, sandboxId, cancellationToken).ConfigureAwait(false);
                continue;
            }

            Dictionary<string, string> batches = await context.Batches.Where(b => b.SandboxId == sandboxId)
                .ToDictionaryAsync(b => b.Id, b => b.Status, StringComparer.Ordinal, cancellationToken).ConfigureAwait(false);
            Sweep(Path.GetDirectoryName(folder.Staging(sandboxId, "x"))!, id =>
                batches.GetValueOrDefault(id) is BatchStatus.Loading or BatchStatus.Loaded or BatchStatus.Staging);
            await SweepDiagnosticsAsync(context, folder, sandbox, now, cancellationToken).ConfigureAwait(false);
            Sweep(Path.GetDirectoryName(folder.Failed(sandboxId, "x"))!, batches.ContainsKey);
            await SweepUploadsAsync(context, folder, sandboxId, cancellationToken).ConfigureAwait(false);
            string lake = Path.Combine(folder.Sandbox(sandboxId), "lake");
            if (!Directory.Exists(lake)) continue;
            foreach (string dataset in Directory.EnumerateDirectories(lake)) Sweep(dataset, id =>
                batches.GetValueOrDefault(id) == BatchStatus.Success);
        }
    }

    // Of a batch that is still needed, a file or part that was not acknowledged, or whose place another one took.
    private static async Task SweepUploadsAsync(
        ControlPlaneContext context, DataFolder folder, string sandboxId, CancellationToken cancellationToken)
    {
        string staging = Path.GetDirectoryName(folder.Staging(sandboxId, "x"))!;
        if (!Directory.Exists(staging)) return;
        foreach (string batch in Directory.EnumerateDirectories(staging))
        {
            string batchId = Path.GetFileName(batch);
            HashSet<string> named = [
                .. await context.Uploads.Where(u => u.BatchId == batchId).Select(u => u.StoredAs).ToListAsync(cancellationToken).ConfigureAwait(false),
                .. await context.UploadParts.Where(p => p.BatchId == batchId).Select(p => p.StoredAs).ToListAsync(cancellationToken).ConfigureAwait(false)];
            foreach (string file in Directory.EnumerateFiles(batch))
                if (!named.Contains(Path.GetFileName(file))) File.Delete(file);
        }
    }

    // As long as AEP keeps them.
    private static async Task SweepDiagnosticsAsync(
        ControlPlaneContext context, DataFolder folder, Sandbox sandbox, long now, CancellationToken cancellationToken)
    {
        long oldest = now - (long)DiagnosticsKept.TotalMilliseconds;
        foreach (Batch batch in await context.Batches
            .Where(b => b.SandboxId == sandbox.Id && b.FailedRecordsPath != null && b.CompletedAt < oldest)
            .ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            // The row first: a file that nothing names is swept, a name without a file would be a loss.
            batch.FailedRecordsPath = null;
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            BatchRemoval.DeleteFolder(folder.Failed(sandbox.Id, batch.Id));
        }
    }

    private static void Sweep(string parent, Predicate<string> isNeeded)
    {
        if (!Directory.Exists(parent)) return;
        foreach (string batch in Directory.EnumerateDirectories(parent))
            if (!isNeeded(Path.GetFileName(batch))) Directory.Delete(batch, recursive: true);
    }
}
