using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Lake;

/// <summary>Reads Parquet input as JSON Lines, so that every record passes the same checks whatever it came in.</summary>
internal static class ParquetInput
{
    /// <summary>Whether a file begins like Parquet.</summary>
    public static bool IsParquet(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[4];
        return file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4 && magic.SequenceEqual("PAR1"u8);
    }

    /// <summary>Writes the rows of a file as JSON Lines, in order.</summary>
    /// <returns>The type of a row.</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static DataType ToJsonLines(string path, string jsonPath, DuckDbWorkspace workspace)
    {
        try
        {
            string source = $"read_parquet({SqlText.Literal(path)})";
            var fields = new List<Field>();
            using (DuckDBDataReader reader = workspace.Query($"DESCRIBE SELECT * FROM {source}"))
                while (reader.Read()) fields.Add(new Field(reader.GetString(0), DuckDbTypeText.Parse(reader.GetString(1))));
            workspace.Execute($"COPY (SELECT * FROM {source}) TO {SqlText.Literal(jsonPath)} (FORMAT json)");
            return DataType.ObjectOf(fields);
        }
        catch (DuckDBException e)
        {
            throw new InvalidDataException("it cannot be read as Parquet", e);
        }
    }
}
