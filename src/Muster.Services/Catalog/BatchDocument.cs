using System.Text.Json;
using System.Text.Json.Nodes;
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
            ["version"] = "1.0.0",
            ["createdClient"] = "",
            ["createdUser"] = "",
            ["updatedUser"] = "",
            ["relatedObjects"] = new JsonArray(new JsonObject { ["type"] = "dataSet", ["id"] = batch.DatasetId }),
            ["tags"] = tags,
            ["inputFormat"] = new JsonObject { ["format"] = batch.Format, ["isMultiLineJson"] = batch.IsMultiLineJson },
            ["recordCount"] = batch.OutputRecords,
            ["failedRecordCount"] = batch.FailedRecords,
            ["size"] = batch.InputBytes,
            ["metrics"] = new JsonObject
            {
                ["startTime"] = batch.StartedAt,
                ["endTime"] = batch.CompletedAt,
                ["inputByteSize"] = batch.InputBytes,
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
        return document;
    }
}
