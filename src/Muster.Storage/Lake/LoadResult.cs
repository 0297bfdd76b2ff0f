using Muster.Pql.Types;

namespace Muster.Storage.Lake;

/// <summary>A published, immutable Parquet file.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Rows">Its records.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Of its content, in lower-case hexadecimal digits.</param>
public sealed record LakeFile(string Path, long Rows, long Bytes, string Sha256)
{
    /// <summary>Describes a file that is there.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="rows">How many rows it has.</param>
    public static LakeFile Describe(string path, long rows)
    {
        using FileStream stream = File.OpenRead(path);
        return new LakeFile(path, rows, stream.Length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream)));
    }
}

/// <summary>One kind of fault in a batch.</summary>
/// <param name="Code">See <see cref="LoadErrorCodes"/>.</param>
/// <param name="Description">What is wrong; never a value of a record.</param>
/// <param name="Count">The records (for a faulty file: files) that have it.</param>
/// <param name="Rows">The first ten places; row 0 is the file as a whole.</param>
public sealed record LoadError(string Code, string Description, long Count, IReadOnlyList<RecordPlace> Rows);

/// <summary>Where a record stood.</summary>
/// <param name="FileName">The name of the input file.</param>
/// <param name="Row">
/// From 1: the line of JSON Lines, the element of an array, the row of Parquet, the line of CSV on which the record begins.
/// </param>
public readonly record struct RecordPlace(string FileName, long Row);

/// <summary>What came of a load.</summary>
/// <param name="Succeeded">False: nothing was loaded, and <paramref name="Errors"/> says why.</param>
/// <param name="Schema">The type of the loaded records: the given or inferred one with the columns that every lake file has.</param>
/// <param name="Files">The lake files, already on disk; empty if no record was good.</param>
/// <param name="InputRecords">Records read.</param>
/// <param name="OutputRecords">Records loaded.</param>
/// <param name="FailedRecords">Records that failed.</param>
/// <param name="FailedRecordsPath">A file of JSON Lines with each failed record and why; null if none failed.</param>
/// <param name="Errors">The kinds of faults, most frequent first.</param>
public sealed record LoadResult(
    bool Succeeded,
    DataType Schema,
    IReadOnlyList<LakeFile> Files,
    long InputRecords,
    long OutputRecords,
    long FailedRecords,
    string? FailedRecordsPath,
    IReadOnlyList<LoadError> Errors);

/// <summary>The codes of faults in batches.</summary>
public static class LoadErrorCodes
{
    /// <summary>A value cannot be read as the type of its field, or no such field exists.</summary>
    public const string Conversion = "INGEST-1212-400";

    /// <summary>Not JSON, or a damaged file.</summary>
    public const string Corrupt = "INGEST-1401-400";

    /// <summary>A required field is missing.</summary>
    public const string MissingField = "INGEST-1555-400";

    /// <summary>A file has no record.</summary>
    public const string EmptyFile = "106";

    /// <summary>A file of CSV has no header, or not the one it needs.</summary>
    public const string MissingHeader = "118";
}
