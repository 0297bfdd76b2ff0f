using Muster.Engine.Columns;

namespace Muster.Engine.Execution;

/// <summary>Who the members of a segment are that is not part of the plan. Called from the threads that evaluate blocks.</summary>
public interface ISegmentMembers
{
    /// <summary>Sets the bits of the block's rows that are members; false if the segment is not known (then nobody is).</summary>
    /// <param name="segmentId">As written in the query, or what it was resolved to.</param>
    /// <param name="block">The block; its ordinals say who the rows are.</param>
    /// <param name="bits">One bit a row, all zero when called.</param>
    bool TryGetMembers(string segmentId, Block block, Span<ulong> bits);
}

/// <summary>Knows no segment.</summary>
public sealed class NoSegmentMembers : ISegmentMembers
{
    /// <summary>The one instance; it has no state.</summary>
    public static NoSegmentMembers Instance { get; } = new();

    /// <inheritdoc/>
    public bool TryGetMembers(string segmentId, Block block, Span<ulong> bits) => false;
}
