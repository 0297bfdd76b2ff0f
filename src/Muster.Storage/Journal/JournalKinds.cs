namespace Muster.Storage.Journal;

/// <summary>What can happen in a sandbox.</summary>
public static class JournalKinds
{
    /// <summary>A batch landed: its immutable files count from here on. It may replace others.</summary>
    public const string BatchCommitted = "batchCommitted";

    /// <summary>A batch was taken back: its files count no more.</summary>
    public const string BatchReverted = "batchReverted";

    /// <summary>A dataset was deleted with all its batches.</summary>
    public const string DatasetDeleted = "datasetDeleted";

    /// <summary>People were forgotten: files that hold them were written anew without them.</summary>
    public const string PeopleErased = "peopleErased";

    /// <summary>A merge policy was made, changed or deleted.</summary>
    public const string PolicyChanged = "policyChanged";

    /// <summary>The schema of a dataset was declared or found.</summary>
    public const string SchemaChanged = "schemaChanged";

    /// <summary>Namespaces or rules of linking changed: they hold for all that is known.</summary>
    public const string LinkingRulesChanged = "linkingRulesChanged";

    /// <summary>A segment job finished: its membership files hold from here on.</summary>
    public const string SegmentJobFinished = "segmentJobFinished";

    /// <summary>An export finished: its batches replaced the content of the target dataset.</summary>
    public const string ExportFinished = "exportFinished";

    /// <summary>Batches were taken out of profiles; they stay in the lake.</summary>
    public const string ProfileDataDeleted = "profileDataDeleted";

    /// <summary>Views were made or dropped; nothing changed in meaning.</summary>
    public const string ViewsChanged = "viewsChanged";

    /// <summary>Runs were merged into one; nothing changed in meaning.</summary>
    public const string Compacted = "compacted";

    /// <summary>Everything derived was made anew from the lake; nothing changed in meaning.</summary>
    public const string Rebuilt = "rebuilt";
}
