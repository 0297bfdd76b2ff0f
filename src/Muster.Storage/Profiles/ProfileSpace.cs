using Muster.Storage.Identity;

namespace Muster.Storage.Profiles;

/// <summary>Which profile a staged identity belongs to, by graph type.</summary>
internal sealed class ProfileSpace(GraphType type, IdentityGraph graph)
{
    /// <summary>The graph type.</summary>
    public GraphType Type => type;

    /// <summary>The identities with what is staged.</summary>
    public IdentityGraph Graph => graph;

    /// <summary>The names of all namespaces, as identities have them.</summary>
    public IReadOnlyCollection<string> Namespaces => [.. Enumerable.Range(0, graph.Namespaces.Count).Select(n => graph.Namespaces[n]).Distinct(StringComparer.Ordinal)];

    /// <summary>The number of ordinals, retired ones included.</summary>
    public int Count => type == GraphType.Pdg ? graph.ProfileOrdinals : graph.Identities.Count;

    /// <summary>The profile of an identity.</summary>
    public int ProfileOf(int identity) => type == GraphType.Pdg ? graph.ProfileOf(identity) : identity;

    /// <summary>The identities of a profile in the order of namespace and id.</summary>
    public void Members(int profile, List<int> members)
    {
        if (type == GraphType.Pdg)
        {
            graph.Members(profile, members);
            return;
        }
        members.Clear();
        members.Add(profile);
    }
}
