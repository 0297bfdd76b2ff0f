using DuckDB.NET.Data;

namespace Muster.Storage.DuckDb;

/// <summary>
/// A private in-memory DuckDB instance that spills to a folder of its own: for converting, sorting and merging files. Not thread-safe, like the
/// connection it wraps; dispose removes the instance and its spill folder.
/// </summary>
public sealed class DuckDbWorkspace : IDisposable
{
    private readonly string _spillFolder;

    /// <summary>Opens an instance.</summary>
    /// <param name="spillFolder">Made when missing; must be used by no other instance.</param>
    /// <param name="options">Memory and threads.</param>
    public DuckDbWorkspace(string spillFolder, DuckDbOptions options)
    {
        _spillFolder = spillFolder;
        Directory.CreateDirectory(spillFolder);
        Connection = new DuckDBConnection("DataSource=:memory:");
        Connection.Open();
        Execute($"SET TimeZone = 'UTC'; SET memory_limit = '{options.MemoryLimitMegabytes}MB'; SET threads = {options.Threads}; "
            + $"SET temp_directory = {SqlText.Literal(spillFolder)}; SET default_null_order = 'NULLS_LAST'");
    }

    /// <summary>The connection. A second streaming query on it would silently end the first: one at a time.</summary>
    public DuckDBConnection Connection { get; }

    /// <summary>Runs statements that return nothing.</summary>
    /// <returns>The number of rows that the last statement changed.</returns>
    /// <exception cref="DuckDBException">The statement fails.</exception>
    public int Execute(string sql)
    {
        using DuckDBCommand command = Connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a query for the first column of its first row; the default of <typeparamref name="T"/> if that is null or absent.</summary>
    public T? Scalar<T>(string sql)
    {
        using DuckDBCommand command = Connection.CreateCommand();
        command.CommandText = sql;
        object? value = command.ExecuteScalar();
        return value is null or DBNull ? default : (T)Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Runs a query; the reader is the caller's and must be disposed before the next statement.</summary>
    public DuckDBDataReader Query(string sql)
    {
        using DuckDBCommand command = Connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteReader();
    }

    /// <summary>Starts a query whose result is read as vectors, on a connection of its own. Temporary tables are not seen by it.</summary>
    internal DuckDbStream Stream(string sql)
    {
        DuckDBConnection connection = Connection.Duplicate();
        connection.Open();
        return new DuckDbStream(connection, sql);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Connection.Dispose();
        if (Directory.Exists(_spillFolder)) Directory.Delete(_spillFolder, recursive: true);
    }
}

/// <summary>Bounds of one DuckDB instance.</summary>
/// <param name="MemoryLimitMegabytes">What it may hold before it spills; its process memory is this plus about 100 MB.</param>
/// <param name="Threads">Its worker threads.</param>
public sealed record DuckDbOptions(int MemoryLimitMegabytes, int Threads)
{
    /// <summary>1,024 MB and one thread a core.</summary>
    public static DuckDbOptions Default { get; } = new(1024, Environment.ProcessorCount);
}
