namespace Muster.Storage.ControlPlane;

/// <summary>One evaluation of many definitions over all profiles.</summary>
public sealed class SegmentJob
{
    /// <summary>UUID.</summary>
    public required string Id { get; set; }

    /// <summary>Its sandbox.</summary>
    public required string SandboxId { get; set; }

    /// <summary>One of <see cref="JobStatus"/>.</summary>
    public string Status { get; set; } = JobStatus.New;

    /// <summary><c>api</c> or <c>scheduler</c>.</summary>
    public string Source { get; set; } = "api";

    /// <summary>Asked with the segment id <c>*</c>.</summary>
    public bool AllSegments { get; set; }

    /// <summary>
    /// JSON array of the definitions as they were when the job was made: {segmentId, segment{id, version, expression, mergePolicyId,
    /// mergePolicy}}.
    /// </summary>
    public required string Segments { get; set; }

    /// <summary>JSON object.</summary>
    public string Metrics { get; set; } = "{}";

    /// <summary>JSON array of {code, msg, callStack}.</summary>
    public string Errors { get; set; } = "[]";

    /// <summary>JSON object: scheduleId and runId of a scheduled one.</summary>
    public string Properties { get; set; } = "{}";

    /// <summary>From <c>x-request-id</c> or made.</summary>
    public required string RequestId { get; set; }

    /// <summary><c>_xdm.context.profile</c>.</summary>
    public string SchemaName { get; set; } = "_xdm.context.profile";

    /// <summary>Echoed.</summary>
    public string? ProfileInstanceId { get; set; }

    /// <summary>UUID of its result.</summary>
    public string? BatchId { get; set; }

    /// <summary>Counts the jobs of the data folder.</summary>
    public long ComputeJobId { get; set; }

    /// <summary>UUID, once it runs.</summary>
    public string? ComputeGatewayJobId { get; set; }

    /// <summary>The instant that fixed <c>now</c>, ms; null before it ran.</summary>
    public long? AsOf { get; set; }

    /// <summary>What it read.</summary>
    public long? ManifestNumber { get; set; }

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
