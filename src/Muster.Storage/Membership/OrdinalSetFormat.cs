using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Muster.Storage.Membership;

/// <summary>
/// How a set is written, little-endian, every part a multiple of 8 bytes:
/// <code>
/// u32 checksum of all that follows up to the first word · i32 number of containers · i64 number of members
/// per container, keys ascending: i64 key · i32 members · u8 kind, u24 items · u32 index of its first word · u32 checksum of its words
/// the words of the containers, in order, without gaps
/// </code>
/// Each container has a checksum of its own, so that a question about one profile checks only what it reads.
/// </summary>
internal static class OrdinalSetFormat
{
    public const int HeaderLength = 16;
    public const int EntryLength = 24;

    public static int LengthOf(OrdinalSet set)
    {
        int length = HeaderLength + set.Keys.Length * EntryLength;
        foreach (Container container in set.Containers) length += container.Words.Length * sizeof(ulong);
        return length;
    }

    public static int Write(OrdinalSet set, Span<byte> target)
    {
        int at = WriteDirectory(set, target);
        foreach (Container container in set.Containers)
        {
            MemoryMarshal.AsBytes(container.Words.AsSpan()).CopyTo(target[at..]);
            at += container.Words.Length * sizeof(ulong);
        }
        return at;
    }

    /// <summary>Writes all but the words.</summary>
    public static int WriteDirectory(OrdinalSet set, Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], set.Keys.Length);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], set.LongCount);
        int firstWord = 0, end = HeaderLength;
        for (int i = 0; i < set.Keys.Length; i++, end += EntryLength)
        {
            Container container = set.Containers[i];
            Span<byte> entry = target.Slice(end, EntryLength);
            BinaryPrimitives.WriteInt64LittleEndian(entry, set.Keys[i]);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], container.Count);
            BinaryPrimitives.WriteInt32LittleEndian(entry[12..], ((int)container.Kind << 24) | container.Items);
            BinaryPrimitives.WriteInt32LittleEndian(entry[16..], firstWord);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[20..], container.Checksum);
            firstWord += container.Words.Length;
        }
        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc32C.Of(target[4..end]));
        return end;
    }
}
