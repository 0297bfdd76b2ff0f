using System.Text.Json;
using System.Text.Json.Serialization;
using Muster.Pql.Types;
using Muster.Storage.Files;
using Muster.Storage.Lake;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <summary>
/// Manifests of version 1: one list of runs, and merges of profiles noted in the manifest itself. What is read has no runs: opening a store of an
/// older version makes them anew from the lake.
/// </summary>
internal static class OldManifest
{
    /// <summary>True if a manifest is one.</summary>
    public static bool Is(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("MembershipFile", out _);
    }

    /// <summary>Reads one. Merges since its membership file become a file in that folder, which the manifest of the upgrade will name.</summary>
    public static SandboxManifest Read(string json, string membershipFolder, DurableFiles files)
    {
        Manifest old = JsonSerializer.Deserialize<Manifest>(json) ?? throw new JsonException("The manifest is null.");
        string? remapFile = null;
        if (old.MembershipFile is not null && old.Retirements.Count > 0)
        {
            remapFile = Guid.NewGuid().ToString("N") + ".remap";
            OrdinalRemap remap = OrdinalRemap.None.Then(old.Retirements, new Dictionary<long, long[]>(), []);
            files.CreateFolder(membershipFolder);
            OrdinalRemap.Write(Path.Combine(membershipFolder, remapFile), new Dictionary<string, OrdinalRemap> { [nameof(GraphType.Pdg)] = remap }, files);
        }

        var profiles = new StoreManifest
        {
            Version = 1,
            Watermark = old.Profiles.Watermark,
            LastSequence = old.Profiles.Batches.Select(b => b.Batch.Sequence).DefaultIfEmpty(0).Max(),
            Batches = [.. old.Profiles.Batches.Select(b => new AppliedBatch(b.Batch.ToLakeBatch(), b.KeyFiles, 0))],
            IdentityFiles = old.Profiles.IdentityFiles,
            NextIdentityOrdinal = old.Profiles.NextIdentityOrdinal,
            NextProfileOrdinal = old.Profiles.NextProfileOrdinal,
        };
        Dictionary<GraphType, string> memberships = [];
        if (old.MembershipFile is { } membership) memberships.Add(GraphType.Pdg, membership);
        return new SandboxManifest(old.Number, profiles, memberships, remapFile);
    }

    private sealed record Manifest(long Number, Store Profiles, string? MembershipFile, Dictionary<long, long> Retirements);

    private sealed record Store(
        long Watermark, Applied[] Batches, string[] IdentityFiles, long NextIdentityOrdinal, long NextProfileOrdinal);

    private sealed record Applied(Batch Batch, string[] KeyFiles);

    private sealed record Batch(
        string DatasetId, string BatchId, long Sequence, long IngestedAt, DatasetBehavior Behavior,
        [property: JsonConverter(typeof(DataTypeJsonConverter))] DataType Schema, string[] Files)
    {
        public LakeBatch ToLakeBatch() => new(DatasetId, BatchId, Sequence, IngestedAt, Behavior, Schema, Files);
    }
}
