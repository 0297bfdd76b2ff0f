using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Services.Ingestion;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Catalog;

/// <summary>A batch as the catalog and the ingestion API show it.</summary>
public static class BatchDocument
{
    /// <summary>The document; the catalog keys it by id, ingestion shows the id inside.</summary>
    public static JsonObject For(SandboxScope scope, Batch batch)
    {
        JsonObject tags = JsonNode.Parse(batch.Tags)!.AsObject();
        tags["acp_enableErrorDiagnostics"] ??= new JsonArray(batch.EnableErrorDiagnostics ? "true" : "false");
        tags["acp_partialIngestionPercent"] ??= new JsonArray(FormattableString.Invariant($"{batch.PartialIngestionPercentage}"));
        int files = JsonSerializer.Deserialize<JsonArray>(batch.Files)!.Count;
        var document = new JsonObject
        {
            ["id"] = batch.Id,
            ["imsOrg"] = scope.OrganizationId,
            ["sandboxId"] = scope.SandboxId,
            ["status"] = batch.Status,
            ["created"] = batch.CreatedAt,
            ["updated"] = batch.UpdatedAt,
            ["version"] = FormattableString.Invariant($"1.0.{batch.Version}"),
            ["createdClient"] = batch.CreatedClient,
            ["createdUser"] = batch.CreatedClient,
            ["updatedUser"] = batch.CreatedClient,
            ["relatedObjects"] = new JsonArray(new JsonObject { ["type"] = "dataSet", ["id"] = batch.DatasetId }),
            ["tags"] = tags,
            ["inputFormat"] = InputFormat(batch),
            ["recordCount"] = batch.OutputRecords,
            ["failedRecordCount"] = batch.FailedRecords,
            ["size"] = batch.InputBytes,
            ["metrics"] = new JsonObject
            {
                ["startTime"] = batch.StartedAt,
                ["endTime"] = batch.CompletedAt,
                ["inputByteSize"] = batch.InputBytes,
                ["inputFileCount"] = InputFileList.Of(batch).Count,
                ["inputRecordCount"] = batch.InputRecords,
                ["outputRecordCount"] = batch.OutputRecords,
                ["failedRecordCount"] = batch.FailedRecords,
                ["outputByteSize"] = batch.OutputBytes,
                ["outputFileCount"] = files,
                ["partitionCount"] = files,
            },
            ["errors"] = JsonNode.Parse(batch.Errors),
            ["availableDates"] = new JsonObject(),
        };
        if (batch.ExternalId is { } external) document["externalId"] = external;
        if (batch.StartedAt is { } started) document["started"] = started;
        if (batch.CompletedAt is { } completed) document["completed"] = completed;
        if (batch.Replay is { } replay) document["replay"] = JsonNode.Parse(replay);
        if (batch.Mapping is { } mapping) document["mapping"] = JsonNode.Parse(mapping);
        if (batch.Status == BatchStatus.Failed && batch.FailedRecordsPath is not null)
            document["failedBatchLocation"] = $"/data/foundation/export/batches/{batch.Id}/failed";
        return document;
    }

    private static JsonObject InputFormat(Batch batch)
    {
        var format = new JsonObject { ["format"] = batch.Format, ["isMultiLineJson"] = batch.IsMultiLineJson };
        foreach ((string name, JsonNode? value) in JsonNode.Parse(batch.InputOptions)!.AsObject()) format[name] = value?.DeepClone();
        return format;
    }
}
