using Muster.Storage.Identity;

namespace Muster.Storage.Profiles;

/// <content>Who is who, as published last.</content>
public sealed partial class ProfileStore
{
    /// <summary>The ordinal of the profile of an identity; null if nothing is known of it. Namespaces match in any case.</summary>
    public long? FindProfile(GraphType graph, string ns, string id) =>
        (graph == GraphType.Pdg ? _graph.FindProfile(ns, id) : _graph.FindIdentity(ns, id)) is >= 0 and int ordinal ? ordinal : null;

    /// <summary>The identities of a profile in the order of namespace and id; none if there is no such profile.</summary>
    public IReadOnlyList<(string Namespace, string Id)> IdentitiesOf(GraphType graph, long profileOrdinal) =>
        graph == GraphType.Pdg ? _graph.IdentitiesOf(profileOrdinal) : [_graph.Identity((int)profileOrdinal)];

    /// <summary>
    /// Takes rules into the current state that say the same as its own of all namespaces that occur; nobody may have it yet. False for others: they
    /// are a <see cref="StoreChange"/>.
    /// </summary>
    internal bool TryAdopt(LinkingRules rules)
    {
        if (!NamespaceRules.AreSame(Current.Rules, rules, _graph.Namespaces)) return false;
        _current = new OpenManifest(Current with { Rules = rules }, _current.Views);
        return true;
    }

    /// <summary>The ordinals of the identities of a profile of the private graph.</summary>
    public IReadOnlyList<int> MembersOf(long profileOrdinal) => _graph.MembersOf(profileOrdinal);

    /// <summary>Which identities are one person now.</summary>
    public IdentityComponents CopyComponents() => new(_graph.CopyProfiles());

    /// <summary>For each namespace that occurs, how many of the profiles have an identity in it.</summary>
    public IReadOnlyDictionary<string, int> CountNamespaces(GraphType graph, IEnumerable<long> profileOrdinals) =>
        graph == GraphType.Pdg ? _graph.CountNamespaces(profileOrdinals) : _graph.CountNamespacesOfIdentities(profileOrdinals);

    /// <summary>Gives the SQL of an instance that reads runs the texts of identities: it needs them for the identity maps of events.</summary>
    internal void DescribeIdentities(DuckDb.DuckDbWorkspace workspace) => EventIdentities.Register(workspace.Connection, _graph);
}
