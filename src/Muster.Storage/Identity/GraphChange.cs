namespace Muster.Storage.Identity;

/// <summary>What a sealed change does to the people of the graph. Ordinals are those of profiles.</summary>
/// <param name="Retired">Published ordinals that ended by merging, and the published ones that took them over and live on.</param>
/// <param name="Sources">New ordinals made by splitting, and the published ones that their members had, increasing.</param>
/// <param name="Ended">Published ordinals whose every identity was erased.</param>
/// <param name="Changed">Ordinals with another set of identities than the published one, those of <paramref name="Sources"/> included; not new people.</param>
internal sealed record GraphChange(
    IReadOnlyDictionary<int, int> Retired,
    IReadOnlyDictionary<int, int[]> Sources,
    IReadOnlyCollection<int> Ended,
    IReadOnlyCollection<int> Changed);
