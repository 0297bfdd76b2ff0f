using System.Collections;
using System.Numerics;

namespace Muster.Storage.Membership;

/// <summary>
/// An immutable set of profile ordinals (0 and up), kept in chunks of 65,536 in the manner of Roaring bitmaps: each chunk an array, a
/// bitmap or runs, whichever is smallest. May be read by many threads. Operations share the chunks they do not change; an operation that
/// changes nothing gives the same object.
/// </summary>
public sealed class OrdinalSet : IEquatable<OrdinalSet>, IReadOnlyCollection<long>
{
    private readonly long[] _keys;
    private readonly Container[] _containers;

    internal OrdinalSet(long[] keys, Container[] containers)
    {
        _keys = keys;
        _containers = containers;
        foreach (Container container in containers) LongCount += container.Count;
    }

    /// <summary>The set without members.</summary>
    public static OrdinalSet Empty { get; } = new([], []);

    /// <summary>The number of members.</summary>
    public long LongCount { get; }

    /// <summary>The number of members; throws <see cref="OverflowException"/> beyond 2^31 - 1.</summary>
    public int Count => checked((int)LongCount);

    /// <summary>True if there are no members.</summary>
    public bool IsEmpty => _keys.Length == 0;

    /// <summary>The high bits (ordinal / 65,536) of the chunks that have members, ascending.</summary>
    internal ReadOnlySpan<long> Keys => _keys;

    /// <summary>The chunks, one for each key.</summary>
    internal ReadOnlySpan<Container> Containers => _containers;

    /// <summary>The set of these ordinals, in any order; duplicates count once.</summary>
    public static OrdinalSet Of(params IEnumerable<long> ordinals)
    {
        // In order, each chunk is opened once.
        long[] sorted = [.. ordinals];
        Array.Sort(sorted);
        OrdinalSetBuilder builder = new();
        foreach (long ordinal in sorted) builder.Add(ordinal);
        return builder.Build();
    }

    /// <summary>True if the ordinal is a member.</summary>
    public bool Contains(long ordinal)
    {
        int index = Array.BinarySearch(_keys, ordinal >> 16);
        return index >= 0 && _containers[index].View.Contains((int)(ordinal & ushort.MaxValue));
    }

    /// <summary>Members of both.</summary>
    public OrdinalSet And(OrdinalSet other)
    {
        OrdinalSetAssembly result = new(Math.Min(_keys.Length, other._keys.Length));
        for (int i = 0, j = 0; i < _keys.Length && j < other._keys.Length;)
        {
            if (_keys[i] == other._keys[j]) result.Add(_keys[i], ContainerAlgebra.And(_containers[i++], other._containers[j++]));
            else if (_keys[i] < other._keys[j]) i++;
            else j++;
        }
        return result.ToSet(this, other);
    }

    /// <summary>Members of either or both.</summary>
    public OrdinalSet Or(OrdinalSet other)
    {
        if (other.IsEmpty) return this;
        if (IsEmpty) return other;
        OrdinalSetAssembly result = new(_keys.Length + other._keys.Length);
        int i = 0, j = 0;
        while (i < _keys.Length && j < other._keys.Length)
        {
            if (_keys[i] == other._keys[j]) result.Add(_keys[i], ContainerAlgebra.Or(_containers[i++], other._containers[j++]));
            else if (_keys[i] < other._keys[j]) result.Add(_keys[i], _containers[i++]);
            else result.Add(other._keys[j], other._containers[j++]);
        }
        for (; i < _keys.Length; i++) result.Add(_keys[i], _containers[i]);
        for (; j < other._keys.Length; j++) result.Add(other._keys[j], other._containers[j]);
        return result.ToSet(this, other);
    }

    /// <summary>Members of this one that are not members of the other.</summary>
    public OrdinalSet AndNot(OrdinalSet other)
    {
        if (IsEmpty || other.IsEmpty) return this;
        OrdinalSetAssembly result = new(_keys.Length);
        for (int i = 0, j = 0; i < _keys.Length; i++)
        {
            while (j < other._keys.Length && other._keys[j] < _keys[i]) j++;
            bool shared = j < other._keys.Length && other._keys[j] == _keys[i];
            result.Add(_keys[i], shared ? ContainerAlgebra.AndNot(_containers[i], other._containers[j]) : _containers[i]);
        }
        return result.ToSet(this, this);
    }

    /// <summary>
    /// Sets the bit of each row whose ordinal is a member and leaves the other bits as they are; bits past the last row are not touched.
    /// </summary>
    /// <param name="ordinals">The ordinal of each row, strictly increasing.</param>
    /// <param name="bits">At least one bit a row, least significant first.</param>
    public void Fill(ReadOnlySpan<long> ordinals, Span<ulong> bits)
    {
        for (int row = 0; row < ordinals.Length;)
        {
            int end = RowBits.EndOfChunk(ordinals, row);
            int index = Array.BinarySearch(_keys, ordinals[row] >> 16);
            if (index >= 0) RowBits.Gather(ordinals, bits, row, end, _containers[index].View);
            row = end;
        }
    }

    /// <summary>The members, ascending.</summary>
    public IEnumerator<long> GetEnumerator()
    {
        for (int i = 0; i < _keys.Length; i++)
        {
            long first = _keys[i] << 16;
            Container container = _containers[i];
            if (container.Kind == ContainerKind.Bitmap)
            {
                for (int w = 0; w < container.Words.Length; w++)
                {
                    for (ulong word = container.Words[w]; word != 0; word &= word - 1)
                        yield return first + (w << 6) + BitOperations.TrailingZeroCount(word);
                }
            }
            else
            {
                bool runs = container.Kind == ContainerKind.Runs;
                for (int item = 0; item < container.Items; item++)
                {
                    int low = container.View.Shorts[runs ? 2 * item : item];
                    int more = runs ? container.View.Shorts[2 * item + 1] : 0;
                    for (int value = low; value <= low + more; value++) yield return first + value;
                }
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The number of bytes <see cref="Serialize"/> writes.</summary>
    public int SerializedLength => OrdinalSetFormat.LengthOf(this);

    /// <summary>Writes the set with checksums to the start of <paramref name="target"/>; gives the number of bytes written.</summary>
    public int Serialize(Span<byte> target) => OrdinalSetFormat.Write(this, target);

    /// <summary>
    /// Reads what <see cref="Serialize"/> wrote; <paramref name="source"/> must be exactly that long. Throws
    /// <see cref="InvalidDataException"/> if it is anything else.
    /// </summary>
    public static OrdinalSet Deserialize(ReadOnlySpan<byte> source) => new OrdinalSetView(source).ReadAll();

    /// <inheritdoc/>
    public bool Equals(OrdinalSet? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || LongCount != other.LongCount || !_keys.AsSpan().SequenceEqual(other._keys)) return false;
        for (int i = 0; i < _containers.Length; i++)
        {
            Container left = _containers[i], right = other._containers[i];
            if (left.Kind != right.Kind || left.Count != right.Count || !left.Words.AsSpan().SequenceEqual(right.Words)) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OrdinalSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        for (int i = 0; i < _keys.Length; i++)
        {
            hash.Add(_keys[i]);
            hash.Add(_containers[i].Checksum);
        }
        return hash.ToHashCode();
    }
}
