using System.Text.Json.Nodes;

namespace Muster.Services.Ingestion;

/// <summary>What a client says when it opens a batch.</summary>
/// <param name="DatasetId">The target.</param>
/// <param name="Format"><c>json</c>, <c>parquet</c> or <c>csv</c>, any case.</param>
/// <param name="IsMultiLineJson">A file is one JSON document or array.</param>
/// <param name="EnableErrorDiagnostics">Kept and served back.</param>
/// <param name="PartialIngestionPercentage">The accepted share of failed records, 0 to 100; null is 0.</param>
/// <param name="ExternalId">The caller's id; null if none.</param>
/// <param name="Tags">JSON object; null if none.</param>
public sealed record NewBatch(
    string DatasetId, string Format, bool IsMultiLineJson, bool EnableErrorDiagnostics, double? PartialIngestionPercentage,
        string? ExternalId, string? Tags)
{
    /// <summary>The client that opens it.</summary>
    public string Client { get; init; } = "";

    /// <summary>How CSV is written; null for the defaults. Of no use to other formats.</summary>
    public JsonObject? CsvOptions { get; init; }

    /// <summary>Where the columns of CSV go; null if they go to fields of their names.</summary>
    public JsonNode? Mapping { get; init; }

    /// <summary>The batches that it replaces; null if it replaces none.</summary>
    public BatchReplay? Replay { get; init; }
}
