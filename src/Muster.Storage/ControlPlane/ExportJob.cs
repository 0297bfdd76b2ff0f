namespace Muster.Storage.ControlPlane;

/// <summary>One writing of profiles into a dataset.</summary>
public sealed class ExportJob
{
    /// <summary>Counts the exports of the data folder.</summary>
    public long Id { get; set; }

    /// <summary>Its sandbox.</summary>
    public required string SandboxId { get; set; }

    /// <summary>One of <see cref="JobStatus"/>.</summary>
    public string Status { get; set; } = JobStatus.New;

    /// <summary>The body as given, JSON.</summary>
    public required string Request { get; set; }

    /// <summary>The target.</summary>
    public required string DatasetId { get; set; }

    /// <summary>JSON array of {segmentId, segmentNs, status, batchId}; one without segmentId when all segments share a batch.</summary>
    public string Batches { get; set; } = "[]";

    /// <summary>One batch for each segment.</summary>
    public bool SegmentPerBatch { get; set; }

    /// <summary>JSON object {id, version}.</summary>
    public string MergePolicy { get; set; } = "{}";

    /// <summary>JSON object.</summary>
    public string Metrics { get; set; } = "{}";

    /// <summary>JSON array of {code, msg, callStack}.</summary>
    public string Errors { get; set; } = "[]";

    /// <summary>From <c>x-request-id</c> or made.</summary>
    public required string RequestId { get; set; }

    /// <summary>Echoed.</summary>
    public string? ProfileInstanceId { get; set; }

    /// <summary>JSON object.</summary>
    public string ComputeGatewayJobId { get; set; } = "{}";

    /// <summary>0 to 1.</summary>
    public double Progress { get; set; }

    /// <summary>The process that runs it.</summary>
    public string? Owner { get; set; }

    /// <summary>+1 whenever an owner takes it; a commit with an older number is refused.</summary>
    public long Fence { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long UpdatedAt { get; set; }
}
