namespace Muster.Storage.Files;

/// <summary>The points at which an outage must do no harm, in the order in which a batch comes by them.</summary>
public enum StoreStep
{
    /// <summary>Some bytes of an upload are in the staging folder; it is not acknowledged.</summary>
    UploadStaging,

    /// <summary>A file is written under its temporary name, and not flushed.</summary>
    FileWritten,

    /// <summary>It is flushed, and not renamed.</summary>
    FileFlushed,

    /// <summary>It has its name, which is not flushed.</summary>
    FileRenamed,

    /// <summary>All files of a change are there; the transaction has not begun.</summary>
    CommitBefore,

    /// <summary>All statements of the transaction have run; it is not committed.</summary>
    CommitInside,

    /// <summary>The transaction is committed; readers do not see it yet.</summary>
    CommitDone,

    /// <summary>Readers see it; files that it made superfluous are still there.</summary>
    SweepBefore,

    /// <summary>Runs are being made into one: the new one is written, and nothing names it.</summary>
    Compaction,

    /// <summary>A membership file is half written.</summary>
    MembershipWriting,

    /// <summary>The file of an export is written under its temporary name.</summary>
    ExportWriting,

    /// <summary>Files are rewritten without the person that is erased; nothing names the new ones.</summary>
    Erasing,
}
