using System.Collections.Concurrent;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>
/// <c>inSegment</c> of a segment that is not part of the plan: what an earlier stage of the job found, or else its members after the last job that
/// evaluated it. Members of another graph type are translated: a person is in a segment if any of its identities is.
/// </summary>
/// <param name="snapshot">What the job reads.</param>
/// <param name="components">Which identities are one person there.</param>
/// <param name="graph">The graph type of the profiles that are evaluated.</param>
/// <param name="found">What earlier stages found, by segment.</param>
internal sealed class StoredMembers(
    SandboxSnapshot snapshot, IdentityComponents components, GraphType graph, IReadOnlyDictionary<string, (GraphType Graph, OrdinalSet Members)> found) : ISegmentMembers
{
    /// <summary>By segment: the members as they are now, in the ordinals of this graph type. Made only where the file cannot be read as it is.</summary>
    private readonly ConcurrentDictionary<string, OrdinalSet> _members = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool TryGetMembers(string segmentId, Block block, Span<ulong> bits)
    {
        MembershipSpace own = snapshot.Space(graph);
        if (!found.ContainsKey(segmentId) && own.File?.Find(segmentId) is not null && own.Remap.IsEmpty)
        {
            own.File.Fill(segmentId, block.Ordinals, bits);
            return true;
        }

        if (!found.ContainsKey(segmentId) && SpaceOf(segmentId) is null) return false;
        bits.Clear(); // A set only adds bits.
        _members.GetOrAdd(segmentId, Find).Fill(block.Ordinals, bits);
        return true;
    }

    private OrdinalSet Find(string segmentId)
    {
        if (found.TryGetValue(segmentId, out (GraphType Graph, OrdinalSet Members) known)) return components.Translate(known.Members, known.Graph, graph);
        GraphType space = SpaceOf(segmentId)!.Value;
        return components.Translate(snapshot.Space(space).Select(segmentId, MembershipStatus.Member), space, graph);
    }

    private GraphType? SpaceOf(string segmentId)
    {
        if (snapshot.Space(graph).File?.Find(segmentId) is not null) return graph;
        GraphType other = graph == GraphType.Pdg ? GraphType.None : GraphType.Pdg;
        return snapshot.Space(other).File?.Find(segmentId) is not null ? other : null;
    }
}
