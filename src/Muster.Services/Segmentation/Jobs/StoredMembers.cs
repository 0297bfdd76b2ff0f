using System.Collections.Concurrent;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Storage.Membership;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Segmentation.Jobs;

/// <summary><c>inSegment</c> of a segment that the job does not evaluate itself: its members after the last job that did.</summary>
internal sealed class StoredMembers(SandboxSnapshot snapshot) : ISegmentMembers
{
    /// <summary>By segment: the members as they are after the merges since that job. Made only if there was any merge.</summary>
    private readonly ConcurrentDictionary<string, OrdinalSet> _merged = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool TryGetMembers(string segmentId, Block block, Span<ulong> bits)
    {
        if (snapshot.Membership?.Find(segmentId) is null) return false;
        if (snapshot.Manifest.Retirements.Count == 0)
        {
            snapshot.Membership.Fill(segmentId, block.Ordinals, bits);
            return true;
        }

        bits.Clear(); // A set only adds bits.
        _merged.GetOrAdd(segmentId, id => snapshot.Select(id, MembershipStatus.Member)).Fill(block.Ordinals, bits);
        return true;
    }
}
