using System.Runtime.CompilerServices;
using static DuckDB.NET.Native.NativeMethods;

namespace Muster.Storage.DuckDb;

/// <summary>
/// The memory of one vector: values and null mask. The C API hands out flat vectors only. Valid as long as the chunk it is from.
/// </summary>
internal readonly unsafe struct VectorView(nint vector)
{
    private readonly byte* _data = (byte*)Vectors.DuckDBVectorGetData(vector);
    private readonly ulong* _validity = Vectors.DuckDBVectorGetValidity(vector);

    /// <summary>The vector's handle.</summary>
    public nint Handle { get; } = vector;

    /// <summary>False if no row is null.</summary>
    public bool MayHaveNulls => _validity != null;

    /// <summary>True if the row has a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsValid(int row) => _validity == null || (_validity[row >> 6] & (1UL << row)) != 0;

    /// <summary>The value of a fixed size in a row; <typeparamref name="T"/> must have the width of the vector's type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Value<T>(int row) where T : unmanaged => ((T*)_data)[row];

    /// <summary>The first values of a fixed size, those of null rows (of no meaning) included.</summary>
    public ReadOnlySpan<T> Values<T>(int rows) where T : unmanaged => new(_data, rows);

    /// <summary>The UTF-8 bytes of a text: up to 12 are stored in the row itself, longer ones behind a pointer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Text(int row)
    {
        byte* entry = _data + (row * 16);
        int length = *(int*)entry;
        return new ReadOnlySpan<byte>(length <= 12 ? entry + 4 : *(byte**)(entry + 8), length);
    }

    /// <summary>Where the elements of a list or map are in the child vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (int Start, int Length) List(int row)
    {
        ulong* entry = (ulong*)(_data + (row * 16));
        return ((int)entry[0], (int)entry[1]);
    }

    /// <summary>The elements of a list, the entries (key, value) of a map.</summary>
    public VectorView Elements() => new(Vectors.DuckDBListVectorGetChild(Handle));

    /// <summary>A field of a struct.</summary>
    public VectorView Field(int index) => new(Vectors.DuckDBStructVectorGetChild(Handle, index));
}
