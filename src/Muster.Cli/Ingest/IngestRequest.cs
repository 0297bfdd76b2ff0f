using System.Text.Json.Nodes;

namespace Muster.Cli.Ingest;

/// <summary>What is to be ingested.</summary>
/// <param name="Files">Paths, all of one format.</param>
/// <param name="Dataset">Name or id.</param>
/// <param name="Format">What the files are.</param>
internal sealed record IngestRequest(IReadOnlyList<string> Files, string Dataset, FileFormat Format)
{
    /// <summary>Where the columns of CSV go.</summary>
    public JsonNode? Mapping { get; init; }

    /// <summary>Between the columns of CSV; null: the server's default.</summary>
    public string? Delimiter { get; init; }

    /// <summary>What a new dataset holds; null: its first record decides.</summary>
    public bool? IsEvents { get; init; }

    /// <summary>The accepted share of bad records, in percent.</summary>
    public double ErrorThreshold { get; init; }

    /// <summary>The body that opens the batch.</summary>
    public JsonObject ToBatch(string datasetId)
    {
        var format = new JsonObject { ["format"] = Format.ApiName, ["isMultiLineJson"] = Format.IsMultiLine };
        if (Delimiter is not null) format["delimiter"] = Delimiter;
        var body = new JsonObject
        {
            ["datasetId"] = datasetId,
            ["inputFormat"] = format,
            ["enableErrorDiagnostics"] = true,
            ["partialIngestionPercentage"] = ErrorThreshold,
        };
        if (Mapping is not null) body["mapping"] = Mapping.DeepClone();
        return body;
    }
}
