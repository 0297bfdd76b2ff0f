namespace Muster.Storage.ControlPlane;

/// <summary>One version of the derived state of a sandbox.</summary>
public sealed class ManifestRow
{
    /// <summary>Its sandbox.</summary>
    public required string SandboxId { get; set; }

    /// <summary>From 1; the highest is current.</summary>
    public long Number { get; set; }

    /// <summary>The manifest as JSON.</summary>
    public required string Content { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long At { get; set; }
}
