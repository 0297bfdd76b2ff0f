using System.Numerics;
using System.Runtime.InteropServices;

namespace Muster.Storage.Membership;

/// <summary>Kernels over the bitmap of one chunk: 1,024 words, bit i of word w is the value 64 w + i.</summary>
internal static class Bitmap
{
    public const int Words = 1024;

    public static bool Contains(ReadOnlySpan<ulong> bitmap, int value) => (bitmap[value >> 6] & (1UL << value)) != 0;

    public static void Or(Span<ulong> target, ReadOnlySpan<ulong> other)
    {
        Span<Vector<ulong>> left = MemoryMarshal.Cast<ulong, Vector<ulong>>(target);
        ReadOnlySpan<Vector<ulong>> right = MemoryMarshal.Cast<ulong, Vector<ulong>>(other);
        for (int i = 0; i < left.Length; i++) left[i] |= right[i];
    }

    public static void And(Span<ulong> target, ReadOnlySpan<ulong> other)
    {
        Span<Vector<ulong>> left = MemoryMarshal.Cast<ulong, Vector<ulong>>(target);
        ReadOnlySpan<Vector<ulong>> right = MemoryMarshal.Cast<ulong, Vector<ulong>>(other);
        for (int i = 0; i < left.Length; i++) left[i] &= right[i];
    }

    public static void AndNot(Span<ulong> target, ReadOnlySpan<ulong> other)
    {
        Span<Vector<ulong>> left = MemoryMarshal.Cast<ulong, Vector<ulong>>(target);
        ReadOnlySpan<Vector<ulong>> right = MemoryMarshal.Cast<ulong, Vector<ulong>>(other);
        for (int i = 0; i < left.Length; i++) left[i] = Vector.AndNot(left[i], right[i]);
    }

    public static int Count(ReadOnlySpan<ulong> bitmap)
    {
        int count = 0;
        foreach (ulong word in bitmap) count = unchecked(count + BitOperations.PopCount(word));
        return count;
    }

    /// <summary>A run starts at each set bit whose neighbour below is not set.</summary>
    public static int CountRuns(ReadOnlySpan<ulong> bitmap)
    {
        int runs = 0;
        ulong below = 0;
        foreach (ulong word in bitmap)
        {
            runs = unchecked(runs + BitOperations.PopCount(word & ~((word << 1) | below)));
            below = word >> 63;
        }
        return runs;
    }

    /// <summary>Sets the bits from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static void SetRange(Span<ulong> bitmap, int first, int last)
    {
        ulong head = ulong.MaxValue << first, tail = ulong.MaxValue >> (63 - (last & 63));
        if (first >> 6 == last >> 6)
        {
            bitmap[first >> 6] |= head & tail;
            return;
        }
        bitmap[first >> 6] |= head;
        bitmap[((first >> 6) + 1)..(last >> 6)].Fill(ulong.MaxValue);
        bitmap[last >> 6] |= tail;
    }

    /// <summary>Writes the values as an array container keeps them.</summary>
    public static void WriteValues(ReadOnlySpan<ulong> bitmap, Span<ulong> words)
    {
        Span<ushort> values = MemoryMarshal.Cast<ulong, ushort>(words);
        int at = 0;
        for (int i = 0; i < bitmap.Length; i++)
        {
            for (ulong word = bitmap[i]; word != 0; word &= unchecked(word - 1))
                values[at++] = unchecked((ushort)((i << 6) | BitOperations.TrailingZeroCount(word)));
        }
    }

    /// <summary>Writes the runs as a run container keeps them.</summary>
    public static void WriteRuns(ReadOnlySpan<ulong> bitmap, Span<ulong> words)
    {
        Span<ushort> shorts = MemoryMarshal.Cast<ulong, ushort>(words);
        int at = 0;
        for (int first = Next(bitmap, 0, set: true); first >= 0;)
        {
            int end = Next(bitmap, first, set: false);
            if (end < 0) end = 64 * Words;
            shorts[at++] = (ushort)first;
            shorts[at++] = (ushort)(end - first - 1);
            first = end == 64 * Words ? -1 : Next(bitmap, end, set: true);
        }
    }

    /// <summary>The first value at or after <paramref name="from"/> that is set (or is not), or -1.</summary>
    private static int Next(ReadOnlySpan<ulong> bitmap, int from, bool set)
    {
        ulong flip = set ? 0 : ulong.MaxValue;
        ulong mask = ulong.MaxValue << from;
        for (int i = from >> 6; i < bitmap.Length; i++, mask = ulong.MaxValue)
        {
            ulong word = (bitmap[i] ^ flip) & mask;
            if (word != 0) return (i << 6) | BitOperations.TrailingZeroCount(word);
        }
        return -1;
    }
}
