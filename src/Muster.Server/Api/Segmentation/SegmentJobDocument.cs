using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Services.Segmentation.Jobs;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Segmentation;

/// <summary>A segment job as the API shows it: the fields of old and new documents together.</summary>
internal static class SegmentJobDocument
{
    /// <summary>A job of more segments than this names them all with <c>*</c>.</summary>
    private const int MaxListedSegments = 1500;

    public static JsonObject For(SandboxScope scope, SegmentJob job)
    {
        string href = "/segment/jobs/" + job.Id;
        var document = new JsonObject
        {
            ["id"] = job.Id,
            ["imsOrgId"] = scope.OrganizationId,
            ["sandbox"] = SandboxReference.For(scope),
            ["profileInstanceId"] = job.ProfileInstanceId,
            ["source"] = job.Source,
            ["status"] = job.Status,
            ["progress"] = job.Progress,
            ["batchId"] = job.BatchId,
            ["computeJobId"] = job.ComputeJobId,
            ["segments"] = Segments(job),
            ["metrics"] = JsonNode.Parse(job.Metrics),
            ["errors"] = Errors(job.Errors),
            ["requestId"] = job.RequestId,
            ["schema"] = new JsonObject { ["name"] = job.SchemaName },
            ["modelName"] = job.SchemaName,
            ["properties"] = JsonNode.Parse(job.Properties),
            ["_links"] = new JsonObject
            {
                ["cancel"] = new JsonObject { ["href"] = href, ["method"] = "DELETE" },
                ["checkStatus"] = new JsonObject { ["href"] = href, ["method"] = "GET" },
            },
            ["creationTime"] = job.CreatedAt,
            ["updateTime"] = job.UpdatedAt,
            ["updateEpoch"] = job.UpdatedAt / 1000,
        };
        if (job.ComputeGatewayJobId is { } compute) document["computeGatewayJobId"] = compute;
        return document;
    }

    /// <summary>Errors inside jobs; stored with the names of our records, shown with AEP's.</summary>
    public static JsonArray Errors(string stored) => new([.. JsonSerializer.Deserialize<JobError[]>(stored, JsonSerializerOptions.Web)!
        .Select(e => (JsonNode)new JsonObject { ["code"] = e.Code, ["msg"] = e.Msg, ["callStack"] = e.CallStack })]);

    private static JsonArray Segments(SegmentJob job)
    {
        JobSegment[] segments = JsonSerializer.Deserialize<JobSegment[]>(job.Segments)!;
        if (segments.Length > MaxListedSegments) return [new JsonObject { ["segmentId"] = "*" }];
        return new JsonArray([.. segments.Select(s => (JsonNode)new JsonObject
        {
            ["segmentId"] = s.SegmentId,
            ["segment"] = new JsonObject
            {
                ["id"] = s.SegmentId,
                ["version"] = s.Version,
                ["expression"] = new JsonObject { ["type"] = s.Type, ["format"] = s.Format, ["value"] = s.Value },
                ["mergePolicyId"] = s.MergePolicyId,
                ["mergePolicy"] = new JsonObject { ["id"] = s.MergePolicyId, ["version"] = s.MergePolicyVersion },
            },
        })]);
    }
}
