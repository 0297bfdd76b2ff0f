using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Services.Export;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Segmentation;

/// <summary>An export job as the API shows it: what was asked for, and what became of it.</summary>
internal static class ExportJobDocument
{
    public static JsonObject For(SandboxScope scope, ExportJob job)
    {
        JsonObject request = JsonNode.Parse(job.Request)!.AsObject();
        var document = new JsonObject
        {
            ["id"] = job.Id,
            ["jobType"] = "BATCH",
            ["destination"] = Destination(job),
            ["schema"] = request["schema"]?.DeepClone(),
            ["imsOrgId"] = scope.OrganizationId,
            ["sandbox"] = SandboxReference.For(scope),
            ["status"] = job.Status,
            ["filter"] = request["filter"]?.DeepClone() ?? new JsonObject(),
            ["additionalFields"] = request["additionalFields"]?.DeepClone() ?? new JsonObject(),
            ["mergePolicy"] = JsonNode.Parse(job.MergePolicy),
            ["profileInstanceId"] = job.ProfileInstanceId,
            ["errors"] = SegmentJobDocument.Errors(job.Errors),
            ["metrics"] = JsonNode.Parse(job.Metrics),
            ["computeGatewayJobId"] = JsonNode.Parse(job.ComputeGatewayJobId),
            ["creationTime"] = job.CreatedAt,
            ["updateTime"] = job.UpdatedAt,
            ["requestId"] = job.RequestId,
        };
        // Absent means all fields; a null would be neither that nor a text.
        if (request["fields"] is { } fields) document["fields"] = fields.DeepClone();
        return document;
    }

    // Both spellings of the key: documents and clients use either.
    private static JsonObject Destination(ExportJob job)
    {
        ExportBatch[] batches = JsonSerializer.Deserialize<ExportBatch[]>(job.Batches)!;
        var destination = new JsonObject { ["datasetId"] = job.DatasetId, ["dataSetId"] = job.DatasetId, ["segmentPerBatch"] = job.SegmentPerBatch };
        if (batches is [{ SegmentId: null } only])
        {
            destination["batchId"] = job.Status == JobStatus.Failed ? "" : only.BatchId;
            return destination;
        }

        destination["batches"] = new JsonArray([.. batches.Select(b => (JsonNode)new JsonObject
        {
            ["segmentId"] = b.SegmentId,
            ["segmentNs"] = b.SegmentNs,
            ["status"] = new JsonArray([.. b.Status ?? []]),
            ["batchId"] = b.BatchId,
        })]);
        return destination;
    }
}
