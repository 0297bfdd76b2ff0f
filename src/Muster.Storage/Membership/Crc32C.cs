using System.Numerics;
using System.Runtime.InteropServices;

namespace Muster.Storage.Membership;

/// <summary>The Castagnoli checksum, which processors compute themselves: finds every burst of up to 32 flipped bits.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<ulong> words)
    {
        uint sum = uint.MaxValue;
        foreach (ulong word in words) sum = BitOperations.Crc32C(sum, word);
        return ~sum;
    }

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        uint sum = uint.MaxValue;
        foreach (ulong word in words) sum = BitOperations.Crc32C(sum, word);
        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..]) sum = BitOperations.Crc32C(sum, rest);
        return ~sum;
    }
}
