namespace Muster.Storage.ControlPlane;

/// <summary>A recurring evaluation or export. The row is the truth; the scheduler only triggers.</summary>
public sealed class Schedule
{
    /// <summary>UUID.</summary>
    public required string Id { get; set; }

    /// <summary>Its sandbox.</summary>
    public required string SandboxId { get; set; }

    /// <summary>For people.</summary>
    public required string Name { get; set; }

    /// <summary><c>batch_segmentation</c> or <c>export</c>.</summary>
    public required string Type { get; set; }

    /// <summary>JSON object.</summary>
    public required string Properties { get; set; }

    /// <summary>Quartz expression, UTC.</summary>
    public required string Cron { get; set; }

    /// <summary><c>active</c> or <c>inactive</c>.</summary>
    public required string State { get; set; }

    /// <summary>When it last became active or changed its expression, ms: fires before it are not missed ones.</summary>
    public long ActiveSince { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long UpdatedAt { get; set; }
}
