using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using static DuckDB.NET.Native.NativeMethods;

namespace Muster.Storage.DuckDb;

/// <summary>
/// Gives the SQL of one instance look-ups in arrays: a function of a position, or of the number of an array and a position in it. A join with a
/// table of all rows would cost many times as much. Positions outside give -1, null gives null. The arrays may not change length meanwhile.
/// </summary>
internal abstract unsafe class ArrayLookup
{
    /// <summary>Gives the text of a position; the empty text where there is none. Called from any thread.</summary>
    public delegate ReadOnlySpan<byte> Utf8Text(int position);

    /// <summary>Registers <c>name(INTEGER array, BIGINT position) -> INTEGER</c>.</summary>
    public static void Register(DuckDBConnection connection, string name, int[][] arrays) =>
        Register(connection, name, new Nested<int>(arrays, -1), DuckDBType.Integer, DuckDBType.Integer, DuckDBType.BigInt);

    /// <summary>Registers <c>name(INTEGER array, BIGINT position) -> UTINYINT</c>, 0 for positions outside.</summary>
    public static void Register(DuckDBConnection connection, string name, byte[][] arrays) =>
        Register(connection, name, new Nested<byte>(arrays, 0), DuckDBType.UnsignedTinyInt, DuckDBType.Integer, DuckDBType.BigInt);

    /// <summary>Registers <c>name(INTEGER position) -> VARCHAR</c>: the UTF-8 text that a function gives for a position.</summary>
    public static void Register(DuckDBConnection connection, string name, Utf8Text text) =>
        Register(connection, name, new Texts(text), DuckDBType.Varchar, DuckDBType.Integer);

    /// <summary>Registers <c>name(INTEGER position) -> INTEGER</c>.</summary>
    public static void Register(DuckDBConnection connection, string name, int[] array) =>
        Register(connection, name, new Flat<int>(array, -1), DuckDBType.Integer, DuckDBType.Integer);

    /// <summary>Registers <c>name(INTEGER position) -> BIGINT</c>.</summary>
    public static void Register(DuckDBConnection connection, string name, long[] array) =>
        Register(connection, name, new Flat<long>(array, -1), DuckDBType.BigInt, DuckDBType.Integer);

    /// <summary>Computes a chunk: the inputs are flat, and rows with a null are overwritten by DuckDB.</summary>
    protected abstract void Run(nint chunk, nint output, int rows);

    private static void Register(DuckDBConnection connection, string name, ArrayLookup lookup, DuckDBType result, params DuckDBType[] parameters)
    {
        nint function = ScalarFunction.DuckDBCreateScalarFunction();
        ScalarFunction.DuckDBScalarFunctionSetName(function, name);
        foreach (DuckDBType type in parameters)
        {
            using DuckDBLogicalType parameter = LogicalType.DuckDBCreateLogicalType(type);
            ScalarFunction.DuckDBScalarFunctionAddParameter(function, parameter);
        }
        using (DuckDBLogicalType type = LogicalType.DuckDBCreateLogicalType(result)) ScalarFunction.DuckDBScalarFunctionSetReturnType(function, type);
        ScalarFunction.DuckDBScalarFunctionSetExtraInfo(function, GCHandle.ToIntPtr(GCHandle.Alloc(lookup)), &Free);
        ScalarFunction.DuckDBScalarFunctionSetFunction(function, &Invoke);
        DuckDBState state = ScalarFunction.DuckDBRegisterScalarFunction(connection.NativeConnection, function);
        ScalarFunction.DuckDBDestroyScalarFunction(ref function);
        if (state != DuckDBState.Success) throw new InvalidOperationException($"The function {name} cannot be registered.");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Invoke(nint info, nint chunk, nint output)
    {
        var lookup = (ArrayLookup)GCHandle.FromIntPtr(ScalarFunction.DuckDBScalarFunctionGetExtraInfo(info)).Target!;
        lookup.Run(chunk, output, (int)ChunkSize(chunk));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint handle) => GCHandle.FromIntPtr(handle).Free();

    // The binding takes a chunk as a handle that owns it; this one is lent.
    [DllImport("duckdb", EntryPoint = "duckdb_data_chunk_get_size")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern ulong ChunkSize(nint chunk);

    [DllImport("duckdb", EntryPoint = "duckdb_data_chunk_get_vector")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern nint ChunkVector(nint chunk, ulong column);

    private static T* Values<T>(nint chunk, int column) where T : unmanaged =>
        (T*)Vectors.DuckDBVectorGetData(ChunkVector(chunk, (ulong)column));

    private sealed class Flat<T>(T[] array, T outside) : ArrayLookup where T : unmanaged
    {
        protected override void Run(nint chunk, nint output, int rows)
        {
            int* positions = Values<int>(chunk, 0);
            var result = (T*)Vectors.DuckDBVectorGetData(output);
            for (int i = 0; i < rows; i++) result[i] = positions[i] >= 0 && positions[i] < array.Length ? array[positions[i]] : outside;
        }
    }

    private sealed class Texts(Utf8Text text) : ArrayLookup
    {
        protected override void Run(nint chunk, nint output, int rows)
        {
            int* positions = Values<int>(chunk, 0);
            for (int i = 0; i < rows; i++)
            {
                ReadOnlySpan<byte> value = text(positions[i]);
                fixed (byte* bytes = value) Vectors.DuckDBVectorAssignStringElementLength(output, (ulong)i, bytes, value.Length);
            }
        }
    }

    private sealed class Nested<T>(T[][] arrays, T outside) : ArrayLookup where T : unmanaged
    {
        protected override void Run(nint chunk, nint output, int rows)
        {
            int* numbers = Values<int>(chunk, 0);
            long* positions = Values<long>(chunk, 1);
            var result = (T*)Vectors.DuckDBVectorGetData(output);
            for (int i = 0; i < rows; i++)
            {
                T[] array = numbers[i] >= 0 && numbers[i] < arrays.Length ? arrays[numbers[i]] : [];
                result[i] = positions[i] >= 0 && positions[i] < array.Length ? array[positions[i]] : outside;
            }
        }
    }
}
