using Muster.Storage.Identity;
using Muster.Storage.Membership;

namespace Muster.Storage.Profiles;

/// <summary>
/// Which identities are one person, at one state, and in which namespaces people have identities. Immutable. Memory: 4 bytes an identity, and up to 2 a
/// person.
/// </summary>
public sealed class IdentityComponents
{
    private readonly IdentityGraph _graph;
    private readonly int[] _profiles;
    private readonly NamespaceSets _sets;
    private readonly string[] _names;

    internal IdentityComponents(IdentityGraph graph)
    {
        _graph = graph;
        _profiles = graph.CopyProfiles();
        (_sets, _names) = graph.CopyNamespaces();
    }

    /// <summary>For each namespace that occurs, how many of the profiles have an identity in it.</summary>
    public IReadOnlyDictionary<string, int> CountNamespaces(GraphType graph, OrdinalSet profiles)
    {
        // The namespace of an identity never changes.
        if (graph == GraphType.None) return _graph.CountNamespacesOfIdentities(profiles);
        int[] sets = new int[_sets.Count], counts = new int[_names.Length];
        var unknown = new Dictionary<int, HashSet<int>>();
        foreach (long profile in profiles)
        {
            ushort set = _sets[profile];
            if (set != NamespaceSets.Unknown) sets[set]++;
            else unknown.Add((int)profile, []);
        }
        for (int set = 0; set < sets.Length; set++)
            foreach (int number in _sets.Namespaces(set)) counts[number] += sets[set];
        for (int identity = 0; unknown.Count > 0 && identity < _profiles.Length; identity++)
            if (unknown.TryGetValue(_profiles[identity], out HashSet<int>? seen) && seen.Add(_graph.NamespaceOf(identity))) counts[_graph.NamespaceOf(identity)]++;
        return Enumerable.Range(0, counts.Length).Where(n => counts[n] > 0).ToDictionary(n => _names[n], n => counts[n], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>One identity of each of some profiles, by which the person can be found again whatever becomes of the profile.</summary>
    /// <param name="profiles">Ordinals of profiles of a graph type.</param>
    /// <param name="graph">The graph type.</param>
    /// <returns>Pairs of profile and identity by position; arrays of equal length.</returns>
    public (long[] Profiles, long[] Identities) OneIdentityOf(OrdinalSet profiles, GraphType graph)
    {
        if (graph == GraphType.None) return ([.. profiles], [.. profiles]);
        var found = new List<long>();
        var identities = new List<long>();
        var seen = new System.Collections.BitArray(_profiles.Length);
        for (int identity = 0; identity < _profiles.Length; identity++)
        {
            int profile = _profiles[identity];
            if (profile < 0 || seen[profile] || !profiles.Contains(profile)) continue;
            seen[profile] = true;
            found.Add(profile);
            identities.Add(identity);
        }
        return ([.. found], [.. identities]);
    }

    /// <summary>
    /// The same people as profiles of another graph type: an identity stands for its person, and a person for all its identities.
    /// </summary>
    public OrdinalSet Translate(OrdinalSet ordinals, GraphType from, GraphType to)
    {
        if (from == to || ordinals.IsEmpty) return ordinals;
        var found = new List<long>();
        if (to == GraphType.Pdg)
        {
            foreach (long identity in ordinals)
                if (identity < _profiles.Length && _profiles[identity] >= 0) found.Add(_profiles[identity]);
        }
        else
        {
            for (int identity = 0; identity < _profiles.Length; identity++)
                if (_profiles[identity] >= 0 && ordinals.Contains(_profiles[identity])) found.Add(identity);
        }
        return OrdinalSet.Of(found);
    }
}
