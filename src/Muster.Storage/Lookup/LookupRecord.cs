using System.Buffers.Binary;

namespace Muster.Storage.Lookup;

/// <summary>
/// A profile as the lookup store holds it: a byte of flags (1: it has a record), the time of its last change (8 bytes), the number of its
/// set of
/// sources in the run (4), the length of its foreign memberships (4), those, the document. Numbers are little-endian.
/// </summary>
internal static class LookupRecord
{
    private const int HeaderBytes = 17;

    /// <summary>Writes a record into a buffer, which grows to hold it.</summary>
    public static ReadOnlySpan<byte> Write(
        ref byte[] buffer, long updated, bool hasRecord, int sources, ReadOnlySpan<byte> memberships, ReadOnlySpan<byte> document)
    {
        int length = HeaderBytes + memberships.Length + document.Length;
        if (buffer.Length < length) buffer = new byte[length * 2];
        Span<byte> bytes = buffer.AsSpan(0, length);
        bytes[0] = hasRecord ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], updated);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[9..], sources);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[13..], memberships.Length);
        memberships.CopyTo(bytes[HeaderBytes..]);
        document.CopyTo(bytes[(HeaderBytes + memberships.Length)..]);
        return bytes;
    }

    /// <summary>Reads a record; what it returns shares the bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes are no record of that run.</exception>
    public static StoredProfile Read(long ordinal, ReadOnlyMemory<byte> bytes, IReadOnlyDictionary<int, List<string>> sourceSets)
    {
        ReadOnlySpan<byte> header = bytes.Span;
        if (header.Length < HeaderBytes) throw new InvalidDataException("A stored profile is cut short.");
        int length = BinaryPrimitives.ReadInt32LittleEndian(header[13..]);
        bool fits = length >= 0 && length < header.Length - HeaderBytes;
        if (!fits || !sourceSets.TryGetValue(BinaryPrimitives.ReadInt32LittleEndian(header[9..]), out List<string>? sources))
            throw new InvalidDataException("A stored profile does not belong to its run.");
        return new StoredProfile(
            ordinal, bytes[(HeaderBytes + length)..], bytes.Slice(HeaderBytes, length), sources,
            BinaryPrimitives.ReadInt64LittleEndian(header[1..]), header[0] == 1);
    }
}
