using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Muster.Storage.Lake;

/// <summary>Splits a file of JSON into records without parsing them.</summary>
internal static class RecordFile
{
    /// <summary>A record that fits is always read; one of twice this size makes the file unreadable.</summary>
    public const int MaximumRecordBytes = 16 << 20;

    private const int ChunkBytes = 4 << 20;

    /// <summary>Reads the records of a file in order; the caller disposes the chunks.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or a record is too long.</exception>
    public static IEnumerable<RecordChunk> Read(string path, InputFormat format)
    {
        using FileStream file = File.OpenRead(path);
        bool isGzip = GzipIntegrity.IsGzip(file);
        using Stream stream = isGzip ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file;
        IRecordSplitter? splitter = null;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        int filled = 0;
        long total = 0, offset = 0;
        for (bool ended = false; !ended;)
        {
            int read = stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
            total += read;
            ended = filled + read < buffer.Length;
            filled += read;
            splitter ??= SplitterFor(buffer.AsSpan(0, filled), format);
            var records = new List<RecordSpan>();
            int used = splitter.Split(buffer.AsSpan(0, filled), ended, records);
            if (used == 0 && !ended && buffer.Length > MaximumRecordBytes)
                throw new InvalidDataException($"it has a record of more than {MaximumRecordBytes >> 20} MiB");

            // The tail moves to the next buffer; a buffer without any whole record is doubled.
            int size = records.Count == 0 && used == 0 ? buffer.Length * 2 : ChunkBytes;
            byte[] next = ended ? [] : ArrayPool<byte>.Shared.Rent(Math.Max(size, filled - used + 1));
            if (!ended) buffer.AsSpan(used, filled - used).CopyTo(next);
            filled -= used;
            if (records.Count > 0) yield return new RecordChunk(buffer, records, offset);
            else ArrayPool<byte>.Shared.Return(buffer);
            offset += used;
            buffer = next;
        }

        if (isGzip && !GzipIntegrity.IsWhole(file, total)) throw new InvalidDataException("its compressed data end too early");
    }

    private static IRecordSplitter SplitterFor(ReadOnlySpan<byte> start, InputFormat format)
    {
        if (start.StartsWith(Encoding.UTF8.Preamble)) start = start[3..];
        int first = start.IndexOfAnyExcept(" \t\r\n"u8);
        return format == InputFormat.JsonArray || (first >= 0 && start[first] == '[') ? new ElementSplitter() : new LineSplitter();
    }
}

/// <summary>Finds whole records in the bytes of a file, part by part.</summary>
internal interface IRecordSplitter
{
    /// <summary>Finds the whole records in a part that begins where the last one was used up.</summary>
    /// <param name="bytes">The part.</param>
    /// <param name="isLast">Whether the file ends with it.</param>
    /// <param name="records">Gets the records.</param>
    /// <returns>The bytes used up.</returns>
    int Split(ReadOnlySpan<byte> bytes, bool isLast, List<RecordSpan> records);
}
