using Muster.Pql.Types;

namespace Muster.Storage.Lake;

/// <summary>An input file as it is read.</summary>
/// <param name="Index">Its place among the files of the load.</param>
/// <param name="Name">What its sender calls it.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Format">How its records are found.</param>
internal sealed record InputSource(int Index, string Name, string Path, InputFormat Format)
{
    /// <summary>The columns of Parquet; otherwise null.</summary>
    public PhysicalType? Columns { get; init; }

    /// <summary>The reader of CSV; otherwise null.</summary>
    public CsvFile? Csv { get; init; }

    /// <summary>Whether the path is a link that the load made.</summary>
    public bool IsLink { get; init; }

    /// <summary>What is known of a record before any is read: null for JSON.</summary>
    public DataType? Type => Columns?.ToDataType();

    /// <summary>Reads the records of JSON or CSV.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public IEnumerable<RecordChunk> Read() => Csv is not null ? Csv.Read(Path) : RecordFile.Read(Path, Format);
}
