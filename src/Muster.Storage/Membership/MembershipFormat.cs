using System.Buffers.Binary;
using System.Text;

namespace Muster.Storage.Membership;

/// <summary>
/// The frame of a membership file, little-endian. A header of 48 bytes; then, segment by segment and cohort by cohort without gaps, the
/// written sets (<see cref="OrdinalSetFormat"/>); then the index, which alone is read when the file is opened. What is written of a
/// segment does not depend on where it lies, so a segment that did not change is copied as it is.
/// <code>
/// header:  u64 magic · i32 version · i32 zero · i64 length of the file
///          i64 offset, i64 length, u32 checksum of the index · u32 checksum of the header
/// index:   space · i64 time · i32 number of segments, then these
/// segment: id · i64 last evaluation · i64 offset · i32 number of cohorts, then these
/// cohort:  u8 exited · i64 time · i64 members · i32 length
/// </code>
/// </summary>
internal static class MembershipFormat
{
    public const int HeaderLength = 48;
    private const int HeaderChecksum = HeaderLength - sizeof(uint);
    private const int Version = 1;

    /// <summary>"MUSTERMB".</summary>
    private static ReadOnlySpan<byte> Magic => "MUSTERMB"u8;

    public static byte[] Header(long indexOffset, ReadOnlySpan<byte> index)
    {
        byte[] header = new byte[HeaderLength];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), indexOffset + index.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), indexOffset);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), index.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), Crc32C.Of(index));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(HeaderChecksum), Crc32C.Of(header.AsSpan(0, HeaderChecksum)));
        return header;
    }

    public static byte[] Index(string space, long time, IReadOnlyCollection<MembershipSegment> segments)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write(space);
        writer.Write(time);
        writer.Write(segments.Count);
        foreach (MembershipSegment segment in segments)
        {
            writer.Write(segment.Id);
            writer.Write(segment.LastEvaluation);
            writer.Write(segment.Cohorts.Count == 0 ? HeaderLength : segment.Cohorts[0].Offset);
            writer.Write(segment.Cohorts.Count);
            foreach (MembershipCohort cohort in segment.Cohorts)
            {
                writer.Write(cohort.Exited);
                writer.Write(cohort.Time);
                writer.Write(cohort.Members);
                writer.Write(cohort.Length);
            }
        }
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads header and index; what is wrong with them is an <see cref="InvalidDataException"/>.</summary>
    public static (string Space, long Time, List<MembershipSegment> Segments) Read(MappedBytes bytes)
    {
        using MappedBytes.Lease lease = bytes.Read();
        ReadOnlySpan<byte> header = lease.Span(0, (int)Math.Min(bytes.Length, HeaderLength));
        if (header.Length < HeaderLength) throw new InvalidDataException($"it is cut off after {bytes.Length} bytes");
        if (!header.StartsWith(Magic)) throw new InvalidDataException("it is a file of another kind");
        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version != Version) throw new InvalidDataException($"it has format version {version}, and only version {Version} is known");
        if (Crc32C.Of(header[..HeaderChecksum]) != BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderChecksum..]))
            throw new InvalidDataException("the checksum of its header is wrong");
        long length = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        if (length != bytes.Length) throw new InvalidDataException($"it is {bytes.Length} bytes long and was written with {length}");
        long offset = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        long indexLength = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
        if (offset < HeaderLength || indexLength is < 0 or > int.MaxValue || offset + indexLength != length)
            throw new InvalidDataException("its header contradicts itself");

        byte[] index = lease.Span(offset, (int)indexLength).ToArray();
        if (Crc32C.Of(index.AsSpan()) != BinaryPrimitives.ReadUInt32LittleEndian(header[40..]))
            throw new InvalidDataException("the checksum of its index is wrong");
        return ReadIndex(index, end: offset);
    }

    private static (string Space, long Time, List<MembershipSegment> Segments) ReadIndex(byte[] index, long end)
    {
        try
        {
            using BinaryReader reader = new(new MemoryStream(index), Encoding.UTF8);
            string space = reader.ReadString();
            long time = reader.ReadInt64();
            int count = reader.ReadInt32();
            List<MembershipSegment> segments = [];
            for (int i = 0; i < count; i++)
            {
                string id = reader.ReadString();
                long lastEvaluation = reader.ReadInt64(), offset = reader.ReadInt64();
                MembershipCohort[] cohorts = new MembershipCohort[reader.ReadInt32()];
                for (int c = 0; c < cohorts.Length; c++)
                {
                    bool exited = reader.ReadBoolean();
                    long when = reader.ReadInt64(), members = reader.ReadInt64();
                    cohorts[c] = new MembershipCohort(exited, when, members, offset, reader.ReadInt32());
                    offset += cohorts[c].Length;
                    if (cohorts[c].Offset < HeaderLength || cohorts[c].Length < 0 || offset > end)
                        throw new InvalidDataException("its index points outside the file");
                }
                segments.Add(new MembershipSegment(id, lastEvaluation, cohorts));
            }
            return (space, time, segments);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or OverflowException)
        {
            throw new InvalidDataException("its index is cut off", e);
        }
    }
}
