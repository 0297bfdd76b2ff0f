using System.Runtime.InteropServices;
using DuckDB.NET.Native;
using Muster.Engine.Columns;

namespace Muster.Storage.DuckDb;

/// <summary>
/// Something that is filled from vectors: a column, or a child level. <c>rows</c> are the indexes into the vector to take, in order; an index of
/// -1 is a row without value (its struct is null).
/// </summary>
internal interface IVectorSink
{
    /// <summary>Takes rows of one vector.</summary>
    void Append(VectorView vector, ReadOnlySpan<int> rows);
}

/// <summary>A column of a block that grows by vectors.</summary>
internal abstract class VectorColumn : IVectorSink
{
    private ulong[] _validity = new ulong[32];
    private bool _hasNulls;

    /// <summary>The rows so far.</summary>
    protected int Count { get; private set; }

    /// <inheritdoc/>
    public void Append(VectorView vector, ReadOnlySpan<int> rows)
    {
        int end = Count + rows.Length;
        if (end > _validity.Length * 64) Array.Resize(ref _validity, Math.Max(_validity.Length * 2, (end + 63) / 64));
        Grow(end);
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i], target = Count + i;
            if (row < 0 || !vector.IsValid(row))
            {
                _hasNulls = true;
                continue;
            }
            _validity[target >> 6] |= 1UL << target;
        }
        Take(vector, rows, Count);
        Count = end;
    }

    /// <summary>The finished column.</summary>
    public abstract Column ToColumn();

    /// <summary>Makes room for that many rows.</summary>
    protected abstract void Grow(int rows);

    /// <summary>Copies the values of rows that are there; <see cref="IsValid"/> tells which.</summary>
    protected abstract void Take(VectorView vector, ReadOnlySpan<int> rows, int target);

    /// <summary>True if the row of the column, not of the vector, has a value.</summary>
    protected bool IsValid(int row) => (_validity[row >> 6] & (1UL << row)) != 0;

    /// <summary>The mask of the finished column.</summary>
    protected ulong[]? Validity() => _hasNulls ? _validity : null;
}

/// <summary>Integers, timestamps and dates. <paramref name="convert"/> is applied to what the vector holds.</summary>
internal sealed class Int64VectorColumn<T>(Func<T, long> convert) : VectorColumn where T : unmanaged
{
    private long[] _values = [];

    public override Column ToColumn() => new Int64Column(_values, Validity());

    protected override void Grow(int rows)
    {
        if (rows > _values.Length) Array.Resize(ref _values, Math.Max(_values.Length * 2, rows));
    }

    protected override void Take(VectorView vector, ReadOnlySpan<int> rows, int target)
    {
        for (int i = 0; i < rows.Length; i++)
            if (rows[i] >= 0) _values[target + i] = IsValid(target + i) ? convert(vector.Value<T>(rows[i])) : 0;
    }
}

internal sealed class DoubleVectorColumn : VectorColumn
{
    private double[] _values = [];

    public override Column ToColumn() => new DoubleColumn(_values, Validity());

    protected override void Grow(int rows)
    {
        if (rows > _values.Length) Array.Resize(ref _values, Math.Max(_values.Length * 2, rows));
    }

    protected override void Take(VectorView vector, ReadOnlySpan<int> rows, int target)
    {
        for (int i = 0; i < rows.Length; i++)
            if (rows[i] >= 0) _values[target + i] = vector.Value<double>(rows[i]);
    }
}

internal sealed class BooleanVectorColumn : VectorColumn
{
    private ulong[] _bits = [];

    public override Column ToColumn() => new BooleanColumn(_bits, Validity());

    protected override void Grow(int rows)
    {
        if (rows > _bits.Length * 64) Array.Resize(ref _bits, Math.Max(_bits.Length * 2, (rows + 63) / 64));
    }

    protected override void Take(VectorView vector, ReadOnlySpan<int> rows, int target)
    {
        for (int i = 0; i < rows.Length; i++)
            if (IsValid(target + i) && vector.Value<bool>(rows[i])) _bits[(target + i) >> 6] |= 1UL << (target + i);
    }
}

/// <summary>Codes of an ENUM of that width, with the run's dictionary.</summary>
internal sealed class EnumVectorColumn(DuckDBType width, StringDictionary dictionary) : VectorColumn
{
    private int[] _codes = [];

    public override Column ToColumn() => new CodedColumn(_codes, dictionary, Validity());

    protected override void Grow(int rows)
    {
        if (rows > _codes.Length) Array.Resize(ref _codes, Math.Max(_codes.Length * 2, rows));
    }

    protected override void Take(VectorView vector, ReadOnlySpan<int> rows, int target)
    {
        Span<int> codes = _codes.AsSpan(target, rows.Length);
        switch (width)
        {
            case DuckDBType.UnsignedTinyInt:
                for (int i = 0; i < rows.Length; i++) codes[i] = IsValid(target + i) ? vector.Value<byte>(rows[i]) : 0;
                break;
            case DuckDBType.UnsignedSmallInt:
                for (int i = 0; i < rows.Length; i++) codes[i] = IsValid(target + i) ? vector.Value<ushort>(rows[i]) : 0;
                break;
            default:
                for (int i = 0; i < rows.Length; i++) codes[i] = IsValid(target + i) ? (int)vector.Value<uint>(rows[i]) : 0;
                break;
        }
    }
}

/// <summary>Texts that hardly repeat: codes of a dictionary of this block alone.</summary>
internal sealed class TextVectorColumn : VectorColumn
{
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
    private readonly List<string> _values = [];
    private int[] _codes = [];

    public override Column ToColumn() => new CodedColumn(_codes, new StringDictionary([.. _values]), Validity());

    protected override void Grow(int rows)
    {
        if (rows > _codes.Length) Array.Resize(ref _codes, Math.Max(_codes.Length * 2, rows));
    }

    protected override void Take(VectorView vector, ReadOnlySpan<int> rows, int target)
    {
        Span<char> buffer = stackalloc char[256];
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int i = 0; i < rows.Length; i++)
        {
            if (!IsValid(target + i)) continue;
            ReadOnlySpan<byte> bytes = vector.Text(rows[i]);
            char[]? large = bytes.Length > buffer.Length ? new char[bytes.Length] : null;
            Span<char> characters = large ?? buffer;
            int length = System.Text.Encoding.UTF8.GetChars(bytes, characters);
            ref int code = ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, characters[..length], out bool exists);
            if (!exists)
            {
                code = _values.Count;
                _values.Add(new string(characters[..length]));
            }
            _codes[target + i] = code;
        }
    }
}
