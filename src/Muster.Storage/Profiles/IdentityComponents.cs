using Muster.Storage.Membership;

namespace Muster.Storage.Profiles;

/// <summary>
/// Which identities are one person, at one state: from profiles of one graph type to those of the other. Immutable. Memory: 4 bytes an identity.
/// </summary>
public sealed class IdentityComponents
{
    private readonly int[] _profiles;

    internal IdentityComponents(int[] profiles) => _profiles = profiles;

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
