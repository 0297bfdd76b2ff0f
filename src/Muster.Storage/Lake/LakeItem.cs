using Muster.Storage.DuckDb;

namespace Muster.Storage.Lake;

/// <summary>Records that wait to be written to a lake file, still in a file that DuckDB reads.</summary>
/// <param name="Kind">How to read it.</param>
/// <param name="Path">The file.</param>
/// <param name="Rows">The records in it.</param>
/// <param name="LargestBytes">The longest of them, as JSON.</param>
internal sealed record LakeItem(LakeItemKind Kind, string Path, long Rows, int LargestBytes)
{
    /// <summary>The bytes of JSON in it.</summary>
    public long Bytes { get; init; }

    /// <summary>The input that goes to DuckDB as it is; null for what the load wrote, and removes.</summary>
    public InputSource? Direct { get; init; }

    /// <summary>Where its records begin in the file; what is not a whole file is copied out first.</summary>
    public long Offset { get; init; }

    /// <summary>Whether only a part of the file, <see cref="Bytes"/> from <see cref="Offset"/>, is meant.</summary>
    public bool IsPart { get; init; }

    /// <summary>For Parquet: the columns with their conversions.</summary>
    public string? Columns { get; init; }

    /// <summary>For Parquet: the rows of the file that are meant; null for all.</summary>
    public (long From, long To)? Range { get; init; }

    /// <summary>Whether the file, Parquet, could be a lake file as it is.</summary>
    public bool IsLakeFile { get; init; }

    /// <summary>Whether the file was made by the load, which then removes it.</summary>
    public bool IsTemporary => Direct is null;

    /// <summary>A query for the records of some items of one kind, in order.</summary>
    public static string Select(IReadOnlyList<LakeItem> items, string columns, int maximumObjectBytes)
    {
        if (items[0].Kind == LakeItemKind.Parquet) return string.Join(" UNION ALL ", items.Select(SelectParquet));
        string how = items[0].Kind switch
        {
            LakeItemKind.Array => "format = 'array', compression = 'uncompressed'",
            LakeItemKind.GzipLines => "format = 'newline_delimited', compression = 'gzip'",
            _ => "format = 'newline_delimited', compression = 'uncompressed'",
        };
        return $"SELECT * FROM read_json({SqlText.Literals(items.Select(i => i.Path))}, {how}, columns = {{{columns}}}, "
            + $"auto_detect = false, hive_partitioning = false, maximum_object_size = {maximumObjectBytes})";
    }

    private static string SelectParquet(LakeItem item)
    {
        string where = item.Range is { } r ? $" WHERE file_row_number >= {r.From} AND file_row_number < {r.To}" : "";
        return $"SELECT {item.Columns} FROM {ParquetInput.Relation(item.Path, withRowNumbers: item.Range is not null)}{where}";
    }
}

/// <summary>How DuckDB reads an item.</summary>
internal enum LakeItemKind
{
    /// <summary>JSON Lines.</summary>
    Lines,

    /// <summary>JSON Lines in gzip.</summary>
    GzipLines,

    /// <summary>A JSON array.</summary>
    Array,

    /// <summary>Parquet.</summary>
    Parquet,
}
