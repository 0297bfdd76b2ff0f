using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Storage.Membership;

namespace Muster.Services.Segmentation.Jobs;

/// <summary><c>inSegment</c> of a segment that the job does not evaluate itself: its members after the last job that did.</summary>
internal sealed class StoredMembers(MembershipFile? membership) : ISegmentMembers
{
    /// <inheritdoc/>
    public bool TryGetMembers(string segmentId, Block block, Span<ulong> bits)
    {
        if (membership?.Find(segmentId) is null) return false;
        membership.Fill(segmentId, block.Ordinals, bits);
        return true;
    }
}
