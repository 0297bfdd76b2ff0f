using System.Numerics;
using System.Runtime.Intrinsics;

namespace Muster.Engine.Execution;

/// <summary>Operations on bitmaps: bit i of word i / 64, least significant first; bits past the last row are zero.</summary>
internal static class Bitmaps
{
    /// <summary>The number of words for so many rows.</summary>
    public static int Words(int rows) => (rows + 63) >> 6;

    public static bool Get(ulong[] bits, int row) => (bits[row >> 6] & (1UL << row)) != 0;

    public static void Set(ulong[] bits, int row) => bits[row >> 6] |= 1UL << row;

    public static void And(ulong[] target, ulong[] other, int words)
    {
        int i = 0;
        for (; i + 8 <= words; i += 8) (Load(target, i) & Load(other, i)).CopyTo(target, i);
        for (; i < words; i++) target[i] &= other[i];
    }

    public static void AndNot(ulong[] target, ulong[] other, int words)
    {
        int i = 0;
        for (; i + 8 <= words; i += 8) Vector512.AndNot(Load(target, i), Load(other, i)).CopyTo(target, i);
        for (; i < words; i++) target[i] &= ~other[i];
    }

    public static void Or(ulong[] target, ulong[] other, int words)
    {
        int i = 0;
        for (; i + 8 <= words; i += 8) (Load(target, i) | Load(other, i)).CopyTo(target, i);
        for (; i < words; i++) target[i] |= other[i];
    }

    /// <summary>Flips the bits of all rows.</summary>
    public static void Not(ulong[] target, int rows)
    {
        int words = Words(rows);
        for (int i = 0; i < words; i++) target[i] = ~target[i];
        Trim(target, rows);
    }

    /// <summary>Sets the bits of all rows.</summary>
    public static void Fill(ulong[] target, int rows)
    {
        Array.Fill(target, ulong.MaxValue, 0, Words(rows));
        Trim(target, rows);
    }

    /// <summary>Sets the bits from start up to, not including, end.</summary>
    public static void SetRange(ulong[] target, int start, int end)
    {
        if (start >= end) return;
        int first = start >> 6, last = (end - 1) >> 6;
        ulong head = ulong.MaxValue << start, tail = ulong.MaxValue >> (63 - ((end - 1) & 63));
        if (first == last)
        {
            target[first] |= head & tail;
            return;
        }
        target[first] |= head;
        for (int i = first + 1; i < last; i++) target[i] = ulong.MaxValue;
        target[last] |= tail;
    }

    public static int Count(ulong[] bits, int words)
    {
        int count = 0;
        for (int i = 0; i < words; i++) count += BitOperations.PopCount(bits[i]);
        return count;
    }

    public static bool IsEmpty(ulong[] bits, int words) => bits.AsSpan(0, words).IndexOfAnyExcept(0UL) < 0;

    /// <summary>
    /// The first set bit from <paramref name="start"/> up to, not including, <paramref name="end"/>; -1 if there is none.
    /// </summary>
    public static int Next(ulong[] bits, int start, int end)
    {
        if (start >= end) return -1;
        int word = start >> 6, lastWord = (end - 1) >> 6;
        ulong current = bits[word] & (ulong.MaxValue << start);
        while (current == 0)
        {
            if (++word > lastWord) return -1;
            current = bits[word];
        }
        int found = (word << 6) + BitOperations.TrailingZeroCount(current);
        return found < end ? found : -1;
    }

    private static Vector512<ulong> Load(ulong[] words, int index) => Vector512.Create(words, index);

    private static void Trim(ulong[] target, int rows)
    {
        if ((rows & 63) != 0) target[rows >> 6] &= (1UL << rows) - 1;
    }
}
