using System.Buffers;
using System.Collections.ObjectModel;

namespace Muster.Storage.Lake;

/// <summary>Some consecutive records of one file, as they stand in it. Dispose gives the bytes back.</summary>
internal sealed class RecordChunk(byte[] rented, List<RecordSpan> records, long offset) : IDisposable
{
    /// <summary>Where the first record begins in the (decompressed) file.</summary>
    public long Start => offset + records[0].Start;

    /// <summary>The rows that are no record, with their reasons; none for JSON, whose rows are judged later.</summary>
    public IReadOnlyDictionary<long, RecordProblem> Problems { get; init; } = ReadOnlyDictionary<long, RecordProblem>.Empty;

    /// <summary>The bytes from the first record to the end of the last.</summary>
    public ReadOnlySpan<byte> Bytes => rented.AsSpan(records[0].Start..(records[^1].Start + records[^1].Length));

    public int Count => records.Count;

    public long RowOf(int index) => records[index].Row;

    public ReadOnlySpan<byte> this[int index] => rented.AsSpan(records[index].Start, records[index].Length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(rented);
}

/// <summary>Where a record stands in the bytes of a chunk, and which row of the file it is, from 1.</summary>
internal readonly record struct RecordSpan(int Start, int Length, long Row);
