using Microsoft.EntityFrameworkCore;
using Muster.Storage;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Work;

/// <summary>
/// What a process that died left behind in the folders of batches: uploads of batches that are closed for good, and lake files that no
/// batch names. Nobody reads them; they only take room.
/// </summary>
internal static class LeftoverFiles
{
    /// <summary>Deletes them. Only at start, before any work runs.</summary>
    public static async Task SweepAsync(ControlPlaneContext context, DataFolder folder, CancellationToken cancellationToken)
    {
        foreach (string sandboxId in await context.Sandboxes.Select(s => s.Id).ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            Dictionary<string, string> batches = await context.Batches.Where(b => b.SandboxId == sandboxId)
                .ToDictionaryAsync(b => b.Id, b => b.Status, StringComparer.Ordinal, cancellationToken).ConfigureAwait(false);
            Sweep(Path.GetDirectoryName(folder.Staging(sandboxId, "x"))!, id =>
                batches.GetValueOrDefault(id) is BatchStatus.Loading or BatchStatus.Loaded or BatchStatus.Staging);
            string lake = Path.Combine(folder.Sandbox(sandboxId), "lake");
            if (!Directory.Exists(lake)) continue;
            foreach (string dataset in Directory.EnumerateDirectories(lake)) Sweep(dataset, id =>
                batches.GetValueOrDefault(id) == BatchStatus.Success);
        }
    }

    private static void Sweep(string parent, Predicate<string> isNeeded)
    {
        if (!Directory.Exists(parent)) return;
        foreach (string batch in Directory.EnumerateDirectories(parent))
            if (!isNeeded(Path.GetFileName(batch))) Directory.Delete(batch, recursive: true);
    }
}
