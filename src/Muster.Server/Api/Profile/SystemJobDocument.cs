using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Profile;

/// <summary>A system job as clients read it: the fields of both published shapes at once; the status is of the newer one.</summary>
internal static class SystemJobDocument
{
    public static JsonObject For(SandboxScope scope, ProfileSystemJob job)
    {
        var properties = new JsonObject { ["datasetId"] = job.DatasetId };
        var document = new JsonObject
        {
            ["id"] = job.Id,
            ["requestId"] = job.Id,
            ["imsOrgId"] = scope.OrganizationId,
            ["sandbox"] = new JsonObject { ["sandboxName"] = scope.SandboxName, ["sandboxId"] = scope.SandboxId },
            ["dataSetId"] = job.DatasetId,
            ["jobType"] = "DELETE",
            ["requestType"] = job.BatchId is null ? "TRUNCATE_DATASET" : "DELETE_EE_BATCH",
            ["status"] = StatusOf(job),
            ["properties"] = properties,
            ["createEpoch"] = job.CreatedAt / 1000,
            ["updateEpoch"] = job.UpdatedAt / 1000,
            ["createdAt"] = Time(job.CreatedAt),
            ["updatedAt"] = Time(job.UpdatedAt),
        };
        if (job.BatchId is { } batch) document["batchId"] = properties["batchId"] = batch;
        if (job.Status == JobStatus.Succeeded)
        {
            // A text that holds JSON, as published.
            long seconds = (job.UpdatedAt - (job.StartedAt ?? job.CreatedAt)) / 1000;
            document["metrics"] = new JsonObject { ["recordsProcessed"] = job.Records, ["timeTakenInSec"] = seconds }.ToJsonString();
        }

        return document;
    }

    public static string StatusOf(ProfileSystemJob job) => job.Status switch
    {
        JobStatus.New => "NEW",
        JobStatus.Processing => "IN-PROGRESS",
        JobStatus.Succeeded => "SUCCESS",
        _ => "ERROR",
    };

    private static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
