using DuckDB.NET.Data;
using DuckDB.NET.Native;
using static DuckDB.NET.Native.NativeMethods;

namespace Muster.Storage.DuckDb;

/// <summary>
/// The result of one query as column vectors, chunk by chunk, without copying. It owns its connection: another statement on the connection
/// would end the stream, and the end would look like the end of the data. Not thread-safe. Pointers of a chunk are good until the next
/// <see cref="Read"/>.
/// </summary>
internal sealed class DuckDbStream : IDisposable
{
    private readonly DuckDBConnection _connection;
    private readonly DuckDBPreparedStatement _statement;
    private readonly DuckDBLogicalType[] _types;
    private DuckDBResult _result;
    private DuckDBDataChunk? _chunk;

    /// <summary>Starts a query; takes ownership of <paramref name="connection"/>, which is open and used by nobody else.</summary>
    /// <exception cref="DuckDBException">The query is wrong or fails at its start.</exception>
    public DuckDbStream(DuckDBConnection connection, string sql)
    {
        _connection = connection;
        _types = [];
        bool prepared = PreparedStatements.DuckDBPrepare(connection.NativeConnection, sql, out _statement) == DuckDBState.Success;
        if (!prepared || PreparedStatements.DuckDBExecutePreparedStreaming(_statement, out _result) != DuckDBState.Success)
        {
            string error = prepared ? Query.DuckDBResultError(ref _result) : PreparedStatements.DuckDBPrepareError(_statement);
            Dispose();
            throw new InvalidOperationException(error);
        }
        int count = (int)Query.DuckDBColumnCount(ref _result);
        _types = new DuckDBLogicalType[count];
        for (int i = 0; i < count; i++) _types[i] = Query.DuckDBColumnLogicalType(ref _result, i);
    }

    /// <summary>The types of the columns; they live as long as the stream.</summary>
    public IReadOnlyList<DuckDBLogicalType> Types => _types;

    /// <summary>The rows of the current chunk, at most 2,048.</summary>
    public int Rows { get; private set; }

    /// <summary>The rows of all chunks so far.</summary>
    public long TotalRows { get; private set; }

    /// <summary>The name of a column.</summary>
    public string Name(int column) => Query.DuckDBColumnName(ref _result, column);

    /// <summary>The vector of a column of the current chunk.</summary>
    public nint Vector(int column) => DataChunks.DuckDBDataChunkGetVector(_chunk!, column);

    /// <summary>Moves to the next chunk; false at the end.</summary>
    /// <exception cref="InvalidOperationException">The query failed on the way.</exception>
    public bool Read()
    {
        _chunk?.Dispose();
        _chunk = StreamingResult.DuckDBStreamFetchChunk(_result);
        if (_chunk.IsInvalid)
        {
            // The end and a failure look alike; only the error text tells them apart.
            string? error = Query.DuckDBResultError(ref _result);
            return string.IsNullOrEmpty(error) ? false : throw new InvalidOperationException(error);
        }
        Rows = (int)DataChunks.DuckDBDataChunkGetSize(_chunk);
        if (Rows == 0) return Read();
        TotalRows += Rows;
        return true;
    }

    /// <summary>Ends the reading and checks that every promised row came.</summary>
    /// <exception cref="InvalidDataException">Rows are missing or too many.</exception>
    public void ExpectTotal(long rows)
    {
        if (TotalRows != rows) throw new InvalidDataException($"A scan gave {TotalRows} rows where {rows} are stored.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _chunk?.Dispose();
        foreach (DuckDBLogicalType type in _types) type.Dispose();
        Query.DuckDBDestroyResult(ref _result);
        _statement.Dispose();
        _connection.Dispose();
    }
}
