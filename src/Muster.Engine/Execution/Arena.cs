using System.Numerics;

namespace Muster.Engine.Execution;

/// <summary>
/// Buffers for the vectors of a block or of a chunk of pairs: rented one by one, given back all at once. Owned by one evaluator; not
/// thread-safe.
/// </summary>
internal sealed class Arena
{
    private readonly Pool<ulong> _words = new();
    private readonly Pool<long> _longs = new();
    private readonly Pool<double> _doubles = new();
    private readonly Pool<int> _ints = new();

    /// <summary>A bitmap for so many rows, all zero.</summary>
    public ulong[] Bitmap(int rows)
    {
        int words = Bitmaps.Words(rows);
        ulong[] bitmap = _words.Rent(words);
        Array.Clear(bitmap, 0, words);
        return bitmap;
    }

    public long[] Longs(int count) => _longs.Rent(count);

    public double[] Doubles(int count) => _doubles.Rent(count);

    public int[] Ints(int count) => _ints.Rent(count);

    /// <summary>Takes all buffers back.</summary>
    public void Reset()
    {
        _words.Reset();
        _longs.Reset();
        _doubles.Reset();
        _ints.Reset();
    }

    private sealed class Pool<T>
    {
        private readonly Stack<T[]>[] _free = Enumerable.Range(0, 31).Select(_ => new Stack<T[]>()).ToArray();
        private readonly List<T[]> _rented = [];

        public T[] Rent(int length)
        {
            int size = Math.Max(3, BitOperations.Log2((uint)Math.Max(1, length - 1)) + 1);
            T[] buffer = _free[size].TryPop(out T[]? free) ? free : GC.AllocateUninitializedArray<T>(1 << size);
            _rented.Add(buffer);
            return buffer;
        }

        public void Reset()
        {
            foreach (T[] buffer in _rented) _free[BitOperations.Log2((uint)buffer.Length)].Push(buffer);
            _rented.Clear();
        }
    }
}
