namespace Muster.Storage.Journal;

/// <summary>What can happen in a sandbox.</summary>
public static class JournalKinds
{
    /// <summary>A batch landed: its immutable files count from here on.</summary>
    public const string BatchCommitted = "batchCommitted";

    /// <summary>A segment job finished: its membership file holds from here on.</summary>
    public const string SegmentJobFinished = "segmentJobFinished";

    /// <summary>An export finished: its batches replaced the content of the target dataset.</summary>
    public const string ExportFinished = "exportFinished";

    /// <summary>A merge policy was made, changed or deleted.</summary>
    public const string PolicyChanged = "policyChanged";

    /// <summary>The runs were merged into one; nothing changed in meaning.</summary>
    public const string Compacted = "compacted";
}
