namespace Muster.Storage.Sandboxes;

/// <summary>
/// The files of a sandbox are damaged in a way that nothing derived can be made anew from: somebody must bring a file back. Nothing that was
/// acknowledged is given up meanwhile.
/// </summary>
/// <param name="sandboxId">The sandbox.</param>
/// <param name="cause">What is wrong.</param>
public sealed class StoreUnusableException(string sandboxId, Exception cause) : IOException(
    $"The store of sandbox {sandboxId} cannot be opened: {cause.Message} Run 'muster store verify'; it says which files must come from a backup.", cause);
