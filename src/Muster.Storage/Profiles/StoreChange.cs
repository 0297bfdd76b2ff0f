namespace Muster.Storage.Profiles;

/// <summary>What is to happen to a profile store in one step: all of it becomes visible in one commit, or nothing.</summary>
public sealed record StoreChange
{
    /// <summary>Batches that come in. Those that are in already are left out.</summary>
    public IReadOnlyList<LakeBatch> Added { get; init; } = [];

    /// <summary>Ids of batches whose records, events and links go. Unknown ones are left out.</summary>
    public IReadOnlySet<string> RemovedBatches { get; init; } = new HashSet<string>();

    /// <summary>The journal number that the new state stands at.</summary>
    public required long Watermark { get; init; }
}
