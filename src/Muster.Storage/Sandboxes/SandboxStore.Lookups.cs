using Muster.Storage.Lookup;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <content>Looking people up.</content>
public sealed partial class SandboxStore
{
    /// <summary>The profiles for reading one by one, and how far they are.</summary>
    public LookupStore Lookups => _profiles.Lookups!;

    /// <summary>Pins the current manifest, and finds people in it.</summary>
    /// <param name="graph">Which identities are one profile.</param>
    /// <param name="identities">Namespaces in any case, and ids.</param>
    public LocatedPeople Locate(GraphType graph, IReadOnlyList<(string Namespace, string Id)> identities)
    {
        var people = new LocatedPerson[identities.Count];
        lock (_lock)
        {
            for (int i = 0; i < people.Length; i++)
            {
                long? ordinal = _profiles.FindProfile(graph, identities[i].Namespace, identities[i].Id);
                people[i] = new LocatedPerson(ordinal, ordinal is { } found ? _profiles.IdentitiesOf(graph, found) : []);
            }
            return new LocatedPeople(Pin(), people);
        }
    }
}

/// <summary>People in a pinned manifest.</summary>
/// <param name="Snapshot">What is pinned; the caller's to dispose.</param>
/// <param name="People">In the order in which they were asked for.</param>
public sealed record LocatedPeople(SandboxSnapshot Snapshot, IReadOnlyList<LocatedPerson> People);

/// <summary>One of them.</summary>
/// <param name="Ordinal">The profile; null if nothing is known of the identity.</param>
/// <param name="Identities">All identities of the profile in the order of namespace and id.</param>
public readonly record struct LocatedPerson(long? Ordinal, IReadOnlyList<(string Namespace, string Id)> Identities);
