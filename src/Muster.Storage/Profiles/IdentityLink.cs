namespace Muster.Storage.Profiles;

/// <summary>Two identities that were seen in one record.</summary>
/// <param name="First">Namespace and id.</param>
/// <param name="Second">Namespace and id.</param>
/// <param name="FirstSeen">When they were seen together first, in milliseconds since the epoch.</param>
/// <param name="LastSeen">When they were seen together last.</param>
/// <param name="Datasets">Where, in order.</param>
/// <param name="Batches">In which batches, in order.</param>
public sealed record IdentityLink(
    (string Namespace, string Id) First, (string Namespace, string Id) Second, long FirstSeen, long LastSeen, IReadOnlyList<string> Datasets,
    IReadOnlyList<string> Batches);
