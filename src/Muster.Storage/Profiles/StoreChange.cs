using Muster.Storage.Identity;

namespace Muster.Storage.Profiles;

/// <summary>What is to happen to a profile store in one step: all of it becomes visible in one commit, or nothing.</summary>
public sealed record StoreChange
{
    /// <summary>Batches that come in. Those that are in already are left out.</summary>
    public IReadOnlyList<LakeBatch> Added { get; init; } = [];

    /// <summary>Ids of batches whose records, events and links go. Unknown ones are left out.</summary>
    public IReadOnlySet<string> RemovedBatches { get; init; } = new HashSet<string>();

    /// <summary>
    /// Ids of batches whose records, events and links go, too, but which stay as batches without files: their files in the lake are no part of profiles any
    /// more, and stay. Unknown ones are left out.
    /// </summary>
    public IReadOnlySet<string> WithdrawnBatches { get; init; } = new HashSet<string>();

    /// <summary>Merge methods whose profiles are wanted from now on. Those that are there already are left out.</summary>
    public IReadOnlyList<MergeMethod> AddedViews { get; init; } = [];

    /// <summary>Merge methods that nobody uses any more; never <see cref="MergeMethod.Default"/>.</summary>
    public IReadOnlyList<MergeMethod> DroppedViews { get; init; } = [];

    /// <summary>
    /// New rules of linking; null to keep what holds. They count for all that is in: if they say something else of namespaces that occur, everything
    /// derived is made anew.
    /// </summary>
    public LinkingRules? Rules { get; init; }

    /// <summary>Ordinals of identities that are forgotten with all their records: of whole people.</summary>
    public IReadOnlySet<int> Erased { get; init; } = new HashSet<int>();

    /// <summary>True to make all runs anew from the lake.</summary>
    public bool Rebuilds { get; init; }
}
