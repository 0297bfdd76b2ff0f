using Muster.Storage.Membership;

namespace Muster.Storage.Profiles;

/// <summary>
/// Which identities are one person, at one state: from profiles of one graph type to those of the other. Immutable. Memory: 4 bytes an identity.
/// </summary>
public sealed class IdentityComponents
{
    private readonly int[] _profiles;

    internal IdentityComponents(int[] profiles) => _profiles = profiles;

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
