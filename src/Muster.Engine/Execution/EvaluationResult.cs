using System.Numerics;

namespace Muster.Engine.Execution;

/// <summary>Who of a block is in which segment: a bitmap per segment. Reusable from block to block; not thread-safe.</summary>
public sealed class EvaluationResult
{
    private ulong[][] _members = [];

    /// <summary>The number of segments of the plan.</summary>
    public int SegmentCount { get; private set; }

    /// <summary>The number of rows of the block.</summary>
    public int RowCount { get; private set; }

    /// <summary>
    /// The members of a segment by its position in the plan: bit i of word i / 64 is row i of the block; bits past the last row are zero.
    /// </summary>
    public ReadOnlySpan<ulong> Members(int segment) => _members[segment].AsSpan(0, Bitmaps.Words(RowCount));

    /// <summary>The number of members of a segment.</summary>
    public int CountMembers(int segment)
    {
        int count = 0;
        foreach (ulong word in Members(segment)) count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>True if a row of the block is a member.</summary>
    public bool IsMember(int segment, int row) => Bitmaps.Get(_members[segment], row);

    internal void Prepare(int segmentCount, int rowCount)
    {
        if (_members.Length < segmentCount) Array.Resize(ref _members, segmentCount);
        int words = Bitmaps.Words(rowCount);
        for (int i = 0; i < segmentCount; i++)
            if (_members[i] is null || _members[i].Length < words) _members[i] = new ulong[words];
        (SegmentCount, RowCount) = (segmentCount, rowCount);
    }

    internal Span<ulong> Writable(int segment) => _members[segment].AsSpan(0, Bitmaps.Words(RowCount));
}
