namespace Muster.Storage.Membership;

/// <summary>
/// Builds an <see cref="OrdinalSet"/> from evaluation blocks in any order. Only the chunk that was touched last is open as a bitmap, so
/// thousands of builders may be alive at once; blocks in ascending order are fastest. Not thread-safe.
/// </summary>
public sealed class OrdinalSetBuilder
{
    private readonly SortedDictionary<long, Container> _closed = [];
    private readonly ulong[] _open = new ulong[Bitmap.Words];
    private long _openKey = -1;

    /// <summary>Adds the ordinal of each row whose bit is set.</summary>
    /// <param name="ordinals">The ordinal of each row, 0 or more, strictly increasing.</param>
    /// <param name="bits">At least one bit a row, least significant first; bits past the last row are ignored.</param>
    public void Add(ReadOnlySpan<long> ordinals, ReadOnlySpan<ulong> bits)
    {
        if (ordinals.IsEmpty) return;
        ArgumentOutOfRangeException.ThrowIfNegative(ordinals[0], nameof(ordinals));
        ArgumentOutOfRangeException.ThrowIfLessThan((long)bits.Length * 64, ordinals.Length, nameof(bits));
        for (int row = 0; row < ordinals.Length;)
        {
            int end = RowBits.EndOfChunk(ordinals, row);
            if (bits[(row >> 6)..((end + 63) >> 6)].ContainsAnyExcept(0UL))
            {
                Open(ordinals[row] >> 16);
                RowBits.Scatter(ordinals, bits, row, end, _open);
            }
            row = end;
        }
    }

    /// <summary>Adds one ordinal, 0 or more.</summary>
    public void Add(long ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        Open(ordinal >> 16);
        int value = (int)(ordinal & ushort.MaxValue);
        _open[value >> 6] |= 1UL << value;
    }

    /// <summary>The set of all that was added so far. More may be added later.</summary>
    public OrdinalSet Build()
    {
        Close();
        return new OrdinalSet([.. _closed.Keys], [.. _closed.Values]);
    }

    private void Open(long key)
    {
        if (key == _openKey) return;
        Close();
        _openKey = key;
        if (_closed.Remove(key, out Container? container)) container.View.OrInto(_open);
    }

    private void Close()
    {
        if (_openKey >= 0 && Container.From(_open) is { } container) _closed.Add(_openKey, container);
        Array.Clear(_open);
        _openKey = -1;
    }
}
