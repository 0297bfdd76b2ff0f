using System.Buffers;

namespace Muster.Storage.Lake;

/// <summary>Some consecutive records of one file, as they stand in it. Dispose gives the bytes back.</summary>
internal sealed class RecordChunk(byte[] rented, List<RecordSpan> records) : IDisposable
{
    public int Count => records.Count;

    public long RowOf(int index) => records[index].Row;

    public ReadOnlySpan<byte> this[int index] => rented.AsSpan(records[index].Start, records[index].Length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(rented);
}

/// <summary>Where a record stands in the bytes of a chunk, and which row of the file it is, from 1.</summary>
internal readonly record struct RecordSpan(int Start, int Length, long Row);
