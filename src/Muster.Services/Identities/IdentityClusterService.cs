using Muster.Services.Tenancy;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Identities;

/// <summary>Who belongs together, as it is now. Thread-safe.</summary>
public sealed class IdentityClusterService(SandboxStores stores)
{
    /// <summary>The people of some identities, in their order.</summary>
    /// <param name="scope">The sandbox.</param>
    /// <param name="graph">Which identities are one person.</param>
    /// <param name="identities">Namespaces in any case, and ids.</param>
    /// <param name="withLinks">True to read what links them as well, which takes a look at all link files.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<IdentityCluster>> ReadAsync(
        SandboxScope scope, GraphType graph, IReadOnlyList<(string Namespace, string Id)> identities, bool withLinks,
        CancellationToken cancellationToken)
    {
        SandboxStore store = await stores.GetAsync(scope.SandboxId).ConfigureAwait(false);
        return await store.WithRepairAsync(() => ReadAsync(store, graph, identities, withLinks, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<IdentityCluster>> ReadAsync(
        SandboxStore store, GraphType graph, IReadOnlyList<(string Namespace, string Id)> identities, bool withLinks, CancellationToken cancellationToken)
    {
        LocatedPeople located = store.Locate(graph, identities);
        await using SandboxSnapshot snapshot = located.Snapshot;
        if (!withLinks || graph == GraphType.None)
            return [.. located.People.Select(p => new IdentityCluster(p.Ordinal, p.Identities, []))];
        // Two identities of a request may be one person.
        LocatedPerson[] people = [.. located.People.Where(p => p.Ordinal is not null).DistinctBy(p => p.Ordinal)];
        IReadOnlyList<IReadOnlyList<IdentityLink>> links =
            await snapshot.Profiles.ReadLinksAsync([.. people.Select(p => p.Identities)], cancellationToken).ConfigureAwait(false);
        Dictionary<long, IReadOnlyList<IdentityLink>> byOrdinal = people.Zip(links).ToDictionary(p => p.First.Ordinal!.Value, p => p.Second);
        return [.. located.People.Select(p => new IdentityCluster(p.Ordinal, p.Identities, p.Ordinal is { } found ? byOrdinal[found] : []))];
    }
}

/// <summary>The person of an identity.</summary>
/// <param name="Ordinal">Its profile; null if nothing is known of the identity.</param>
/// <param name="Members">All identities of the person in the order of namespace and id.</param>
/// <param name="Links">What links them; empty if that was not asked for.</param>
public sealed record IdentityCluster(long? Ordinal, IReadOnlyList<(string Namespace, string Id)> Members, IReadOnlyList<IdentityLink> Links)
{
    /// <summary>When an identity was seen with another one of the person last, in milliseconds since the epoch; null if no link is known.</summary>
    public long? LastSeen((string Namespace, string Id) member) =>
        Links.Where(l => l.First == member || l.Second == member).Select(l => (long?)l.LastSeen).Max();
}
