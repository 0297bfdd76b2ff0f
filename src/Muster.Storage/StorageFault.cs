using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;

namespace Muster.Storage;

/// <summary>Tells faults of the machine (a full disk, a folder that cannot be written) from those of data and of programs.</summary>
public static class StorageFault
{
    // What Linux calls ENOSPC and EDQUOT.
    private const int NoSpace = 28;
    private const int Quota = 122;
    private const int SqliteFull = 13;

    /// <summary>True if there is no room on the disk.</summary>
    public static bool IsFull(Exception fault) => fault switch
    {
        IOException { HResult: NoSpace or Quota } => true,
        SqliteException { SqliteErrorCode: SqliteFull } => true,
        DuckDBException duck => duck.Message.Contains("No space left", StringComparison.OrdinalIgnoreCase)
            || duck.Message.Contains("disk quota", StringComparison.OrdinalIgnoreCase),
        AggregateException { InnerException: { } inner } => IsFull(inner),
        _ => fault.InnerException is { } cause && IsFull(cause),
    };

    /// <summary>
    /// True if the same work may succeed once a person has made room, or has given the folder back to the process: nothing that was
    /// acknowledged may be given up for it.
    /// </summary>
    public static bool IsOfTheMachine(Exception fault) => IsFull(fault) || fault switch
    {
        FileNotFoundException or DirectoryNotFoundException => false,
        IOException or UnauthorizedAccessException => true,
        SqliteException sqlite => sqlite.SqliteErrorCode is not (1 or 19),
        DuckDBException duck => duck.Message.StartsWith("IO Error", StringComparison.Ordinal)
            || duck.Message.StartsWith("Out of Memory Error", StringComparison.Ordinal),
        _ => fault.InnerException is { } cause && IsOfTheMachine(cause),
    };
}
