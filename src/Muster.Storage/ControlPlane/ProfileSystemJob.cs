namespace Muster.Storage.ControlPlane;

/// <summary>What is to be taken out of profiles, and stays in the lake. The row is the promise: it is written before the request is acknowledged.</summary>
public sealed class ProfileSystemJob
{
    /// <summary>UUID.</summary>
    public required string Id { get; set; }

    /// <summary>Its sandbox.</summary>
    public required string SandboxId { get; set; }

    /// <summary>The dataset.</summary>
    public required string DatasetId { get; set; }

    /// <summary>The only batch of it that is meant; null for all.</summary>
    public string? BatchId { get; set; }

    /// <summary>One of <see cref="JobStatus"/>: new, processing, succeeded or failed.</summary>
    public string Status { get; set; } = JobStatus.New;

    /// <summary>How many records and events were taken out.</summary>
    public long Records { get; set; }

    /// <summary>When its turn came, milliseconds since the epoch; null before.</summary>
    public long? StartedAt { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long UpdatedAt { get; set; }
}
