using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;
using Muster.Storage.Sandboxes;

namespace Muster.Storage.Maintenance;

/// <summary>Lists what a data folder must hold, beside the control plane itself.</summary>
internal static class NamedFiles
{
    /// <summary>All files that the control plane names, each once.</summary>
    public static async Task<IReadOnlyList<NamedFile>> ListAsync(ControlPlaneContext context, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, NamedFile>(StringComparer.Ordinal);
        foreach (Batch batch in await context.Batches.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (BatchFile file in JsonSerializer.Deserialize<BatchFile[]>(batch.Files) ?? [])
                Add(batch.SandboxId, NamedFileKind.Lake, file.Path, file.Bytes, file.Sha256, $"batch {batch.Id}");
            if (batch.FailedRecordsPath is { } failed)
                Add(batch.SandboxId, NamedFileKind.Failed, failed, null, null, $"batch {batch.Id}");
        }

        Dictionary<string, string> sandboxes = await context.Batches.ToDictionaryAsync(b => b.Id, b => b.SandboxId, cancellationToken)
            .ConfigureAwait(false);
        foreach (Upload upload in await context.Uploads.AsNoTracking().Where(u => !u.IsOpen).ToListAsync(cancellationToken).ConfigureAwait(false))
            if (sandboxes.TryGetValue(upload.BatchId, out string? sandbox))
                Add(sandbox, NamedFileKind.Staging, $"staging/{upload.BatchId}/{upload.StoredAs}", upload.Bytes, null, $"upload {upload.Path} of batch {upload.BatchId}");
        foreach (UploadPart part in await context.UploadParts.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false))
            if (sandboxes.TryGetValue(part.BatchId, out string? sandbox))
                Add(sandbox, NamedFileKind.Staging, $"staging/{part.BatchId}/{part.StoredAs}", null, null, $"a part of upload {part.Path} of batch {part.BatchId}");

        foreach ((string sandbox, SandboxManifest manifest) in await CurrentManifestsAsync(context, cancellationToken).ConfigureAwait(false))
        {
            foreach (string file in manifest.Profiles.OwnFiles)
                Add(sandbox, NamedFileKind.Profiles, file, null, null, $"manifest {manifest.Number}");
            foreach (string file in manifest.Profiles.LakeFiles)
                Add(sandbox, NamedFileKind.Lake, file, null, null, $"manifest {manifest.Number}");
            foreach (string membership in manifest.MembershipFiles())
                Add(sandbox, NamedFileKind.Membership, "membership/" + membership, null, null, $"manifest {manifest.Number}");
        }

        return [.. files.Values.OrderBy(f => f.Path, StringComparer.Ordinal)];

        void Add(string sandbox, NamedFileKind kind, string path, long? bytes, string? sha256, string owner)
        {
            string whole = $"sandboxes/{sandbox}/{path}";
            files.TryAdd(whole, new NamedFile(sandbox, kind, whole, bytes, sha256, owner));
        }
    }

    /// <summary>The current manifest of each sandbox that has one.</summary>
    /// <exception cref="ControlPlaneException">One is damaged, or of an older version.</exception>
    public static async Task<IReadOnlyDictionary<string, SandboxManifest>> CurrentManifestsAsync(
        ControlPlaneContext context, CancellationToken cancellationToken)
    {
        var manifests = new Dictionary<string, SandboxManifest>(StringComparer.Ordinal);
        foreach (string sandbox in await context.Manifests.Select(m => m.SandboxId).Distinct().ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            ManifestRow row = await context.Manifests.AsNoTracking().Where(m => m.SandboxId == sandbox).OrderByDescending(m => m.Number)
                .FirstAsync(cancellationToken).ConfigureAwait(false);
            manifests.Add(sandbox, Parse(row));
        }

        return manifests;
    }

    private static SandboxManifest Parse(ManifestRow row)
    {
        try
        {
            if (!OldManifest.Is(row.Content)) return SandboxManifest.Parse(row.Content);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ControlPlaneException($"Manifest {row.Number} of sandbox '{row.SandboxId}' is damaged ({fault.Message}). Restore a backup.", fault);
        }

        throw new ControlPlaneException($"An older version wrote the store of sandbox '{row.SandboxId}'. Start the server once, which upgrades it, then try again.");
    }
}
