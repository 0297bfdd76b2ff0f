namespace Muster.Storage.ControlPlane;

/// <summary>A fire of a schedule that was taken: (schedule, fire time) is unique, so no fire runs twice.</summary>
public sealed class ScheduleFire
{
    /// <summary>Its schedule.</summary>
    public required string ScheduleId { get; set; }

    /// <summary>The planned instant, ms.</summary>
    public long FireTime { get; set; }

    /// <summary>The job that it started.</summary>
    public string? JobId { get; set; }

    /// <summary>When it was taken, ms.</summary>
    public long At { get; set; }
}
