namespace Muster.Storage.Identity;

/// <summary>Two identities that were seen in one record.</summary>
/// <param name="First">The smaller ordinal.</param>
/// <param name="Second">The larger one.</param>
/// <param name="Time">When they were seen together last, in milliseconds since the epoch.</param>
internal readonly record struct Link(int First, int Second, long Time);

/// <summary>Knows every link that a batch of the next state holds, those of new batches included.</summary>
internal interface ILinkSource
{
    /// <summary>The links with at least one end among the identities: each pair once, with its latest time.</summary>
    IReadOnlyList<Link> Among(IReadOnlyCollection<int> identities);
}
