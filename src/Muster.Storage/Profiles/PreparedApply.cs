namespace Muster.Storage.Profiles;

/// <summary>
/// A new state of a profile store whose files are written and flushed, but which nobody sees yet. Commit its manifest, then hand it to
/// <see cref="ProfileStore.Publish"/>; or to <see cref="ProfileStore.Discard"/>.
/// </summary>
/// <param name="Manifest">The new state.</param>
/// <param name="Files">The files that are new in it, relative to the sandbox folder.</param>
/// <param name="Remap">What becomes of the profile ordinals of the private graph.</param>
/// <param name="Replaced">Lake files that a newer one takes the place of, since people were erased.</param>
/// <param name="ChangedProfiles">The profiles of the default view that were merged anew, increasing; those that are new included.</param>
public sealed record PreparedApply(
    StoreManifest Manifest, IReadOnlyList<string> Files, ProfileRemap Remap, IReadOnlyList<ReplacedFile> Replaced, IReadOnlyList<long> ChangedProfiles)
{
    /// <summary>The state that the new one was made of.</summary>
    public required StoreManifest Basis { get; init; }

    /// <summary>Identities that are forgotten.</summary>
    public IReadOnlySet<int> Erased { get; init; } = new HashSet<int>();

    /// <summary>Files of the lake that are no part of profiles any more, and stay.</summary>
    public IReadOnlySet<string> KeptLakeFiles { get; init; } = new HashSet<string>();

    /// <summary>The new state on top of one in which runs may have been compacted meanwhile.</summary>
    public StoreManifest On(StoreManifest current) => Manifest with
    {
        Views = [.. Manifest.Views.Select(v =>
        {
            ProfileView? before = Basis.View(v.Method), now = current.View(v.Method);
            bool adds = before is not null && now is not null && v.Runs.Take(before.Runs.Count).SequenceEqual(before.Runs);
            return adds ? v with { Runs = [.. now!.Runs, .. v.Runs.Skip(before!.Runs.Count)] } : v;
        })],
    };
}

/// <summary>What becomes of profile ordinals of the private graph when its components change.</summary>
/// <param name="Retired">Ordinals that ended by merging, and those that took their people over for good.</param>
/// <param name="Sources">New ordinals made by splitting, and the ordinals that their people had before.</param>
/// <param name="Ended">Ordinals that ended with nobody to take over.</param>
public sealed record ProfileRemap(
    IReadOnlyDictionary<long, long> Retired, IReadOnlyDictionary<long, long[]> Sources, IReadOnlyCollection<long> Ended)
{
    /// <summary>Nothing changed.</summary>
    public static ProfileRemap None { get; } = new(new Dictionary<long, long>(), new Dictionary<long, long[]>(), []);

    /// <summary>True if nothing changed.</summary>
    public bool IsEmpty => Retired.Count == 0 && Sources.Count == 0 && Ended.Count == 0;
}

/// <summary>A lake file that a newer one takes the place of.</summary>
/// <param name="BatchId">Its batch.</param>
/// <param name="Old">Relative to the sandbox folder.</param>
/// <param name="New">The new file, its path likewise relative; null if no record is left.</param>
public sealed record ReplacedFile(string BatchId, string Old, Lake.LakeFile? New);
