using System.Numerics;

namespace Muster.Storage.Membership;

/// <summary>
/// Moves bits between the rows of an evaluation block and the bitmap of a chunk. Ordinals of neighbouring rows are mostly neighbours too:
/// then 64 rows are moved with two shifts.
/// </summary>
internal static class RowBits
{
    /// <summary>The row after the last one whose ordinal lies in the same chunk as that of <paramref name="first"/>.</summary>
    public static int EndOfChunk(ReadOnlySpan<long> ordinals, int first)
    {
        long last = ordinals[first] | ushort.MaxValue;
        if (ordinals[^1] <= last) return ordinals.Length;
        int index = ordinals[first..].BinarySearch(last);
        return first + (index < 0 ? ~index : index + 1);
    }

    /// <summary>Sets in the bitmap the ordinal of each row in [first, end) whose bit is set.</summary>
    public static void Scatter(ReadOnlySpan<long> ordinals, ReadOnlySpan<ulong> bits, int first, int end, Span<ulong> bitmap)
    {
        unchecked
        {
            for (int low = first; low < end;)
            {
                int high = Math.Min(end, (low | 63) + 1) - 1;
                ulong word = (bits[low >> 6] >> low) & (ulong.MaxValue >> (63 - (high - low)));
                if (word == 0)
                {
                    low = high + 1;
                    continue;
                }
                int position = (ushort)ordinals[low];
                if (ordinals[high] - ordinals[low] == high - low)
                {
                    bitmap[position >> 6] |= word << position;
                    if ((position & 63) + (high - low) >= 64) bitmap[(position >> 6) + 1] |= word >> (64 - (position & 63));
                }
                else
                {
                    for (; word != 0; word &= word - 1)
                    {
                        int value = (ushort)ordinals[low + BitOperations.TrailingZeroCount(word)];
                        bitmap[value >> 6] |= 1UL << value;
                    }
                }
                low = high + 1;
            }
        }
    }

    /// <summary>Sets the bit of each row in [first, end) whose ordinal is set in the bitmap.</summary>
    public static void Gather(ReadOnlySpan<long> ordinals, Span<ulong> bits, int first, int end, ReadOnlySpan<ulong> bitmap)
    {
        unchecked
        {
            for (int low = first; low < end;)
            {
                int high = Math.Min(end, (low | 63) + 1) - 1;
                int position = (ushort)ordinals[low];
                ulong word = 0;
                if (ordinals[high] - ordinals[low] == high - low)
                {
                    word = bitmap[position >> 6] >> position;
                    if ((position & 63) + (high - low) >= 64) word |= bitmap[(position >> 6) + 1] << (64 - (position & 63));
                    word &= ulong.MaxValue >> (63 - (high - low));
                }
                else
                {
                    for (int row = low; row <= high; row++)
                        if (Bitmap.Contains(bitmap, (ushort)ordinals[row])) word |= 1UL << (row - low);
                }
                bits[low >> 6] |= word << low;
                low = high + 1;
            }
        }
    }

    /// <summary>The same for a container: few rows are looked up one by one, more are read from the container as a bitmap.</summary>
    public static void Gather(ReadOnlySpan<long> ordinals, Span<ulong> bits, int first, int end, ContainerView container)
    {
        if (container.Kind == ContainerKind.Bitmap)
        {
            Gather(ordinals, bits, first, end, container.Words);
        }
        else if (end - first < 64)
        {
            for (int row = first; row < end; row++)
                if (container.Contains((int)(ordinals[row] & ushort.MaxValue))) bits[row >> 6] |= 1UL << row;
        }
        else
        {
            Span<ulong> bitmap = stackalloc ulong[Bitmap.Words];
            bitmap.Clear();
            container.OrInto(bitmap);
            Gather(ordinals, bits, first, end, (ReadOnlySpan<ulong>)bitmap);
        }
    }
}
