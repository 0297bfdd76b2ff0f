using System.Collections;
using Muster.Storage.Identity;

namespace Muster.Storage.Profiles;

/// <summary>Which profiles a change must make anew, and which it ends, by graph type.</summary>
/// <param name="graph">The identities with what is staged.</param>
/// <param name="change">What the change does to the graph.</param>
/// <param name="identities">The primary identities of records that came or went.</param>
/// <param name="erased">Identities that are forgotten.</param>
internal sealed class TouchedProfiles(IdentityGraph graph, GraphChange change, BitArray identities, IReadOnlySet<int> erased)
{
    private BitArray? _pdg;

    /// <summary>Identities that are forgotten.</summary>
    public IReadOnlySet<int> Erased => erased;

    /// <summary>Profiles to make anew, by ordinal.</summary>
    public BitArray Of(GraphType type) => type == GraphType.None ? identities : _pdg ??= FindComponents();

    /// <summary>Ordinals that are no more.</summary>
    public IEnumerable<int> Ended(GraphType type) => type == GraphType.None ? erased : change.Retired.Keys.Concat(change.Ended);

    private BitArray FindComponents()
    {
        var touched = new BitArray(graph.ProfileOrdinals);
        for (int identity = 0; identity < identities.Length; identity++)
            if (identities[identity] && graph.ProfileOf(identity) is >= 0 and int profile) touched[profile] = true;
        foreach (int profile in change.Changed) touched[profile] = true;
        return touched;
    }
}
