using Muster.Pql.Types;

namespace Muster.Storage.Lake;

/// <summary>
/// How records are written in input files. Whatever is named here, gzip and Parquet are known by their first bytes, and so is a JSON array
/// unless CSV is named.
/// </summary>
public enum InputFormat
{
    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>One JSON array of objects, or objects that span lines.</summary>
    JsonArray,

    /// <summary>Parquet.</summary>
    Parquet,

    /// <summary>CSV: a header and flat records.</summary>
    Csv,
}

/// <summary>A file to load.</summary>
/// <param name="Name">What its sender calls it: for messages.</param>
/// <param name="Path">Where it is.</param>
public sealed record InputFile(string Name, string Path);

/// <summary>Asks for files to be loaded as one batch.</summary>
/// <param name="Files">In order of arrival.</param>
/// <param name="Format">Their format.</param>
/// <param name="Behavior">Profile records or events.</param>
/// <param name="Schema">An object type that records must fit; null to infer it from them.</param>
/// <param name="RequireEventFields">Whether an event without <c>_id</c> or <c>timestamp</c> fails.</param>
/// <param name="AllowMissingIdentity">
/// Whether a record without a usable identity gets one in the namespace <c>_id</c> (its <c>_id</c>, or its file and row) instead of
/// failing.
/// </param>
/// <param name="MaximumFailedShare">The share of failed records, 0 to 1, up to which the rest is loaded.</param>
/// <param name="TargetFolder">Gets the lake files and the failed records; made when missing.</param>
/// <param name="SpillFolder">For temporary files; must be used by no other load at the same time.</param>
/// <param name="EarlierSchema">
/// Only if the schema is inferred: the type of what the dataset holds already. Its fields keep their types (an integer may become a
/// double), new
/// ones are added.
/// </param>
/// <param name="Csv">How CSV is written; null for <see cref="CsvFormat.Default"/>.</param>
/// <param name="Mapping">Only for CSV: where its columns go. Null: each column is a field.</param>
public sealed record LoadRequest(
    IReadOnlyList<InputFile> Files,
    InputFormat Format,
    DatasetBehavior Behavior,
    DataType? Schema,
    bool RequireEventFields,
    bool AllowMissingIdentity,
    double MaximumFailedShare,
    string TargetFolder,
    string SpillFolder,
    DataType? EarlierSchema = null,
    CsvFormat? Csv = null,
    RecordMapping? Mapping = null);
