using System.Text.Json.Nodes;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Catalog;

/// <summary>A dataset as the catalog shows it.</summary>
internal static class DatasetDocument
{
    public static JsonObject For(SandboxScope scope, Dataset dataset)
    {
        JsonObject document = JsonNode.Parse(dataset.Body)!.AsObject();
        document["imsOrg"] = scope.OrganizationId;
        document["sandboxId"] = scope.SandboxId;
        document["created"] = dataset.CreatedAt;
        document["updated"] = dataset.UpdatedAt;
        document["version"] = Version(dataset);
        document["viewId"] = DatasetViews.IdOf(dataset.Id);
        document["state"] ??= "DRAFT";
        document["tags"] ??= new JsonObject();
        document["enableErrorDiagnostics"] ??= false;
        if (dataset.LastBatchId is { } batch)
        {
            document["lastBatchId"] = batch;
            document["lastBatchStatus"] = dataset.LastBatchStatus;
            document[dataset.LastBatchStatus == BatchStatus.Success ? "lastSuccessfulBatch" : "lastFailedBatch"] = batch;
        }

        document["dule"] = new JsonObject();
        document["statsCache"] = new JsonObject();
        document["observableSchema"] = dataset.SchemaText is { } schema ? JsonNode.Parse(schema) : new JsonObject();
        document["classification"] = new JsonObject { ["dataBehavior"] = dataset.Behavior ?? "record", ["managedBy"] = "CUSTOMER" };
        return document;
    }

    public static string Version(Dataset dataset) => FormattableString.Invariant($"1.0.{dataset.Version}");
}
