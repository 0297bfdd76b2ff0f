namespace Muster.Services.Ingestion;

/// <summary>What a client says when it opens a batch.</summary>
/// <param name="DatasetId">The target.</param>
/// <param name="Format"><c>json</c> or <c>parquet</c>, any case.</param>
/// <param name="IsMultiLineJson">A file is one JSON document or array.</param>
/// <param name="EnableErrorDiagnostics">Kept and served back.</param>
/// <param name="PartialIngestionPercentage">The accepted share of failed records, 0 to 100; null is 0.</param>
/// <param name="ExternalId">The caller's id; null if none.</param>
/// <param name="Tags">JSON object; null if none.</param>
public sealed record NewBatch(
    string DatasetId, string Format, bool IsMultiLineJson, bool EnableErrorDiagnostics, double? PartialIngestionPercentage,
        string? ExternalId, string? Tags);
