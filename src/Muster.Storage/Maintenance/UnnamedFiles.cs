using System.Text.Json;
using Muster.Storage.ControlPlane;

namespace Muster.Storage.Maintenance;

/// <summary>Removes what a process that died left in the lake.</summary>
public static class UnnamedFiles
{
    /// <summary>
    /// Deletes lake files that nothing names: those of batches that were never committed, and those that an erasure replaced, which hold people
    /// who asked to be forgotten. Only at start, before any work runs.
    /// </summary>
    public static async Task SweepLakeAsync(ControlPlaneContext context, DataFolder folder, CancellationToken cancellationToken)
    {
        HashSet<string> named;
        try
        {
            IReadOnlyList<NamedFile> files = await NamedFiles.ListAsync(context, cancellationToken).ConfigureAwait(false);
            named = [.. files.Where(f => f.Kind == NamedFileKind.Lake).Select(f => Path.GetFullPath(Path.Combine(folder.Root, f.Path)))];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or ControlPlaneException)
        {
            // Who cannot read what is named must not delete what is not.
            return;
        }

        string sandboxes = Path.Combine(folder.Root, "sandboxes");
        if (!Directory.Exists(sandboxes)) return;
        foreach (string lake in Directory.EnumerateDirectories(sandboxes).Select(s => Path.Combine(s, "lake")).Where(Directory.Exists))
            foreach (string file in Directory.EnumerateFiles(lake, "*", SearchOption.AllDirectories))
                if (!named.Contains(Path.GetFullPath(file))) File.Delete(file);
    }
}
