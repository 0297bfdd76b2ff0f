using DuckDB.NET.Data;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Lake;

/// <summary>Input files of Parquet, read by DuckDB.</summary>
internal static class ParquetInput
{
    /// <summary>Whether a file begins like Parquet.</summary>
    public static bool IsParquet(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[4];
        return file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4 && magic.SequenceEqual("PAR1"u8);
    }

    /// <summary>
    /// The rows of one file as a relation of SQL: nothing else that its path could mean, neither a pattern nor <c>key=value</c> folders.
    /// </summary>
    public static string Relation(string path, bool withRowNumbers = false) =>
        $"read_parquet({SqlText.Literal(path)}, hive_partitioning = false{(withRowNumbers ? ", file_row_number = true" : "")})";

    /// <summary>A path of the file that DuckDB does not take for a pattern: itself, or a link made in the folder.</summary>
    public static string PlainPath(string path, string folder, int index)
    {
        if (path.AsSpan().IndexOfAny("*?[") < 0) return path;
        string link = Path.Combine(folder, $"input-{index}.parquet");
        File.Delete(link);
        File.CreateSymbolicLink(link, Path.GetFullPath(path));
        return link;
    }

    /// <summary>The columns of a file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static PhysicalType Describe(string path, DuckDbWorkspace workspace)
    {
        try
        {
            var fields = new List<(string, PhysicalType)>();
            using DuckDBDataReader reader = workspace.Query($"DESCRIBE SELECT * FROM {Relation(path)}");
            while (reader.Read()) fields.Add((reader.GetString(0), DuckDbTypeText.ParsePhysical(reader.GetString(1))));
            return new PhysicalType("STRUCT", fields, null, null);
        }
        catch (DuckDBException e) when (IsOfTheFile(e))
        {
            throw Damaged(e);
        }
    }

    /// <summary>Writes the rows of a file as JSON Lines, in order, for the strict reader.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static void ToJsonLines(string path, string jsonPath, DuckDbWorkspace workspace)
    {
        try
        {
            workspace.Execute($"COPY (SELECT * FROM {Relation(path)}) TO {SqlText.Literal(jsonPath)} (FORMAT json)");
        }
        catch (DuckDBException e) when (IsOfTheFile(e))
        {
            throw Damaged(e);
        }
    }

    // Neither the room for the JSON nor the memory is a fault of the file; every error of reading it is.
    private static bool IsOfTheFile(DuckDBException fault) =>
        !StorageFault.IsFull(fault) && !fault.Message.StartsWith("Out of Memory Error", StringComparison.Ordinal);

    private static InvalidDataException Damaged(DuckDBException e) => new("it cannot be read as Parquet", e);
}
