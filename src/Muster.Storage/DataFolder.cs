using Muster.Storage.Files;

namespace Muster.Storage;

/// <summary>
/// Where things are in a data folder. <c>control.db</c> is the control plane; each sandbox has a folder: <c>staging</c> (uploads of open
/// batches), <c>lake</c> (immutable records), <c>failed</c> (records that did not land), <c>profiles</c> (derived), <c>membership</c> (derived),
/// <c>lookup</c> (derived from the profiles), <c>spill</c> (scratch, emptied at start). Names in the control plane are relative to the sandbox folder, with <c>/</c>.
/// </summary>
/// <param name="Root">An absolute path.</param>
public sealed record DataFolder(string Root)
{
    /// <summary>Makes its files last.</summary>
    public DurableFiles Files { get; init; } = DurableFiles.Plain;

    /// <summary>The folder of a sandbox.</summary>
    public string Sandbox(string sandboxId) => Path.Combine(Root, "sandboxes", sandboxId);

    /// <summary>The uploads of an open batch.</summary>
    public string Staging(string sandboxId, string batchId) => Path.Combine(Sandbox(sandboxId), "staging", batchId);

    /// <summary>The immutable files of a batch.</summary>
    public string Lake(string sandboxId, string datasetId, string batchId) => Path.Combine(Sandbox(sandboxId), "lake", datasetId, batchId);

    /// <summary>The failed records of a batch.</summary>
    public string Failed(string sandboxId, string batchId) => Path.Combine(Sandbox(sandboxId), "failed", batchId);

    /// <summary>The derived files of profiles.</summary>
    public string Profiles(string sandboxId) => Path.Combine(Sandbox(sandboxId), "profiles");

    /// <summary>The membership files.</summary>
    public string Membership(string sandboxId) => Path.Combine(Sandbox(sandboxId), "membership");

    /// <summary>The profiles once more, for reading one by one.</summary>
    public string Lookup(string sandboxId) => Path.Combine(Sandbox(sandboxId), "lookup");

    /// <summary>A new scratch folder for one piece of work.</summary>
    public string NewSpill(string sandboxId) => Path.Combine(Sandbox(sandboxId), "spill", Guid.NewGuid().ToString("N"));

    /// <summary>A path relative to the sandbox folder, with <c>/</c>.</summary>
    public string Relative(string sandboxId, string path) => Path.GetRelativePath(Sandbox(sandboxId), path).Replace('\\', '/');

    /// <summary>The absolute path of a relative one.</summary>
    public string Absolute(string sandboxId, string relative) => Path.Combine(Sandbox(sandboxId), relative.Replace('/', Path.DirectorySeparatorChar));
}
