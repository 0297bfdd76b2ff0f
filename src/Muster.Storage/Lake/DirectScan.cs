using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Muster.Pql.Types;

namespace Muster.Storage.Lake;

/// <summary>Finds out whether a whole file of JSON may go to DuckDB as it stands, and where to cut it if it is large.</summary>
internal sealed class DirectScan(DataType schema, RecordRules rules, LakeFileLimits limits, int threads, CancellationToken cancellation)
{
    private readonly ConcurrentBag<DirectRecordCheck> _idle = [];

    /// <summary>The file as items for a lake file, at least one; null if it must be read strictly.</summary>
    public IReadOnlyList<LakeItem>? TryRead(InputSource source)
    {
        if (source.Path.AsSpan().IndexOfAny("*?[") >= 0) return null; // DuckDB would take it for a pattern.
        try
        {
            if (KindOf(source) is not { } kind) return null;
            var parts = new List<LakeItem>();
            long start = 0, length = new FileInfo(source.Path).Length;
            bool isDirect = true;
            IEnumerable<RecordChunk> chunks = RecordFile.Read(source.Path, source.Format).TakeWhile(_ => Volatile.Read(ref isDirect));
            OrderedWork.Run(chunks, threads, Check, Take, cancellation);
            if (!isDirect || parts.Count == 0) return null;
            if (kind != LakeItemKind.Lines) return parts.Count == 1 ? [parts[0] with { Bytes = length }] : null;
            bool isWhole = parts.Count == 1 && start == 0;
            parts[^1] = parts[^1] with { Bytes = length - parts[^1].Offset, IsPart = !isWhole };
            return parts;

            ScannedChunk Check(RecordChunk chunk)
            {
                if (!_idle.TryTake(out DirectRecordCheck? check)) check = new DirectRecordCheck(schema, rules);
                using (chunk)
                {
                    if (!check.AreDirect(chunk, out int largest)) Volatile.Write(ref isDirect, false);
                    _idle.Add(check);
                    return new ScannedChunk(chunk.Start, chunk.Count, largest);
                }
            }

            void Take(ScannedChunk chunk)
            {
                if (parts.Count == 0) start = chunk.Start;
                LakeItem? last = parts.LastOrDefault();
                if (last is null || last.Rows + chunk.Rows > limits.Rows || chunk.Start - last.Offset > limits.JsonBytes)
                {
                    if (last is not null) parts[^1] = last with { Bytes = chunk.Start - last.Offset, IsPart = true };
                    parts.Add(new LakeItem(kind, source.Path, chunk.Rows, chunk.Largest) { Direct = source, Offset = chunk.Start });
                }
                else
                {
                    parts[^1] = last with { Rows = last.Rows + chunk.Rows, LargestBytes = Math.Max(last.LargestBytes, chunk.Largest) };
                }
            }
        }
        catch (InvalidDataException)
        {
            return null; // The strict reader says what is wrong.
        }
    }

    // Null if the file begins in a way that DuckDB does not read, or reads in another way.
    private static LakeItemKind? KindOf(InputSource source)
    {
        using FileStream file = File.OpenRead(source.Path);
        bool isGzip = GzipIntegrity.IsGzip(file);
        using Stream stream = isGzip ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file;
        byte[] head = new byte[1 << 12];
        ReadOnlySpan<byte> text = head.AsSpan(0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
        bool hasMark = text.StartsWith(Encoding.UTF8.Preamble);
        if (hasMark) text = text[3..];
        int first = text.IndexOfAnyExcept(" \t\r\n"u8);
        bool isArray = first >= 0 && text[first] == '[';
        if (first < 0 || ((isGzip || isArray) && hasMark) || (source.Format == InputFormat.JsonArray && !isArray)) return null;
        if (isArray) return isGzip ? null : LakeItemKind.Array;
        return isGzip ? LakeItemKind.GzipLines : LakeItemKind.Lines;
    }

    private readonly record struct ScannedChunk(long Start, int Rows, int Largest);
}
