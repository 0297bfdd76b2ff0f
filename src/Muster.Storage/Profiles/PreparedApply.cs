namespace Muster.Storage.Profiles;

/// <summary>
/// A new state of a profile store whose files are written and flushed, but which nobody sees yet. Commit its manifest, then hand it to
/// <see cref="ProfileStore.Publish"/>; or to <see cref="ProfileStore.Discard"/>.
/// </summary>
/// <param name="Manifest">The new state.</param>
/// <param name="Files">The files that are new in it, relative to the sandbox folder.</param>
/// <param name="Retired">Profile ordinals that ended by merging, and those that took their people over.</param>
/// <param name="ChangedProfiles">The profiles that were merged anew, increasing; those that are new included.</param>
public sealed record PreparedApply(
    StoreManifest Manifest,
    IReadOnlyList<string> Files,
    IReadOnlyDictionary<long, long> Retired,
    IReadOnlyList<long> ChangedProfiles);
