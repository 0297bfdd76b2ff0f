using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;
using Muster.Storage.Sandboxes;

namespace Muster.Storage.Maintenance;

/// <summary>What the control plane says of a sandbox at one instant, in memory.</summary>
/// <param name="Id">The sandbox.</param>
/// <param name="Manifest">Its current manifest; null if that cannot be read.</param>
/// <param name="Batches">All its batches.</param>
/// <param name="Files">The lake files of each batch.</param>
/// <param name="Journal">Its journal without the payloads, in order.</param>
/// <param name="Committed">The ids of the batches that the journal says landed.</param>
internal sealed record SandboxRows(
    string Id, SandboxManifest? Manifest, IReadOnlyList<Batch> Batches, IReadOnlyDictionary<string, BatchFile[]> Files,
    IReadOnlyList<(long Number, string Kind)> Journal, IReadOnlySet<string> Committed)
{
    /// <summary>Reads them; what cannot be read is a finding.</summary>
    public static async Task<SandboxRows> ReadAsync(ControlPlaneContext context, string sandbox, Findings findings, CancellationToken cancellationToken)
    {
        List<Batch> batches = await context.Batches.AsNoTracking().Where(b => b.SandboxId == sandbox).ToListAsync(cancellationToken).ConfigureAwait(false);
        var files = new Dictionary<string, BatchFile[]>(StringComparer.Ordinal);
        foreach (Batch batch in batches)
        {
            try
            {
                files.Add(batch.Id, JsonSerializer.Deserialize<BatchFile[]>(batch.Files) ?? []);
            }
            catch (JsonException fault)
            {
                findings.Add("control.row", $"batch {batch.Id}", $"Its list of files cannot be read: {fault.Message}");
                files.Add(batch.Id, []);
            }
        }

        var journal = new List<(long, string)>();
        var committed = new HashSet<string>(StringComparer.Ordinal);
        await foreach (JournalEntry entry in context.Journal.AsNoTracking().Where(j => j.SandboxId == sandbox).OrderBy(j => j.Number)
            .AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            journal.Add((entry.Number, entry.Kind));
            committed.UnionWith(BatchesOf(entry, findings));
        }

        return new SandboxRows(sandbox, await ManifestAsync(context, sandbox, findings, cancellationToken).ConfigureAwait(false), batches, files, journal, committed);
    }

    private static async Task<SandboxManifest?> ManifestAsync(
        ControlPlaneContext context, string sandbox, Findings findings, CancellationToken cancellationToken)
    {
        ManifestRow? row = await context.Manifests.AsNoTracking().Where(m => m.SandboxId == sandbox).OrderByDescending(m => m.Number)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        if (row is null) return SandboxManifest.Empty;
        try
        {
            if (OldManifest.Is(row.Content))
            {
                findings.Add("manifest.old", $"manifest {row.Number}", "An older version wrote it. Start the server once, which upgrades the store, then verify again.");
                return null;
            }

            SandboxManifest manifest = SandboxManifest.Parse(row.Content);
            if (manifest.Number != row.Number)
                findings.Add("manifest.number", $"manifest {row.Number}", $"It says that it is manifest {manifest.Number}.");
            return manifest;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            findings.Add("manifest.damaged", $"manifest {row.Number}", $"It cannot be read: {fault.Message}");
            return null;
        }
    }

    private static IEnumerable<string> BatchesOf(JournalEntry entry, Findings findings)
    {
        if (entry.Kind is not (JournalKinds.BatchCommitted or JournalKinds.ExportFinished)) return [];
        try
        {
            using JsonDocument payload = JsonDocument.Parse(entry.Payload);
            if (payload.RootElement.TryGetProperty("batchId", out JsonElement batch)) return [batch.GetString()!];
            return payload.RootElement.TryGetProperty("batches", out JsonElement batches)
                ? [.. batches.EnumerateArray().Select(b => b.GetProperty("batchId").GetString()!)] : [];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            findings.Add("journal.damaged", $"journal entry {entry.Number}", $"It cannot be read: {fault.Message}");
            return [];
        }
    }
}
