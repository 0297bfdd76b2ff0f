using System.Security.Cryptography;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;

namespace Muster.Storage.Lake;

/// <summary>Makes lake files.</summary>
internal static class ParquetOutput
{
    private const int RowGroupRows = 122_880;
    private const int LargestRecordByDefault = 16 << 20;

    /// <summary>Converts normalised records, which keep their order.</summary>
    /// <param name="jsonPath">JSON Lines that hold nothing but the columns.</param>
    /// <param name="largestRecord">The bytes of the longest line.</param>
    /// <param name="rows">The lines there are.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="folder">Gets the file, under a name of its own.</param>
    /// <param name="workspace">Converts.</param>
    /// <param name="files">Makes the file last.</param>
    public static LakeFile Write(string jsonPath, int largestRecord, long rows, DataType schema, string folder, DuckDbWorkspace workspace,
        DurableFiles files)
    {
        string path = Path.Combine(Path.GetFullPath(folder), $"part-{Guid.NewGuid():N}.parquet");
        string columns = string.Join(", ", schema.Fields
            .Select(f => $"{SqlText.Literal(f.Name)}: {SqlText.Literal(SqlText.Type(f.Type))}"));
        int limit = Math.Max(LargestRecordByDefault, checked(largestRecord + 1024));
        files.Publish(path, temporary => workspace.Execute(
            $"COPY (SELECT * FROM read_json({SqlText.Literal(jsonPath)}, format = 'newline_delimited', columns = {{{columns}}}, "
            + $"maximum_object_size = {limit})) TO {SqlText.Literal(temporary)} "
            + $"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {RowGroupRows})"));
        long written = workspace.Scalar<long>($"SELECT count(*) FROM read_parquet({SqlText.Literal(path)})");
        if (written != rows)
        {
            File.Delete(path);
            throw new InvalidOperationException($"The lake file has {written} rows instead of {rows}.");
        }

        using FileStream file = File.OpenRead(path);
        return new LakeFile(path, rows, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
    }
}
