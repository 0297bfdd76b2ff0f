namespace Muster.Storage.Files;

/// <summary>
/// Told what the store does to make things last, while it does it. This one does nothing, which is what production wants. A test derives from
/// it to take notes, to fail as a full disk would, or to end the process. Called by many threads, and in the middle of the work: what it
/// throws is thrown by the step.
/// </summary>
public class StoreSteps
{
    /// <summary>Nobody listens.</summary>
    public static StoreSteps None { get; } = new();

    /// <summary>The work has come to a step.</summary>
    public virtual void Reached(StoreStep step)
    {
    }

    /// <summary>The content of a file is on the disk; its name need not be.</summary>
    public virtual void FileFlushed(string path)
    {
    }

    /// <summary>A file has another name, which is not on the disk yet.</summary>
    public virtual void FileRenamed(string from, string to)
    {
    }

    /// <summary>The names in a folder are on the disk.</summary>
    public virtual void FolderFlushed(string folder)
    {
    }
}
