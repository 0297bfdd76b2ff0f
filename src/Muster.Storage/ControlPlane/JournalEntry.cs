namespace Muster.Storage.ControlPlane;

/// <summary>One thing that happened in a sandbox; together with the lake the truth that everything else derives from.</summary>
public sealed class JournalEntry
{
    /// <summary>Its sandbox.</summary>
    public required string SandboxId { get; set; }

    /// <summary>From 1, without gaps, in the order of commits.</summary>
    public long Number { get; set; }

    /// <summary>One of <c>JournalKinds</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>JSON; names immutable files.</summary>
    public required string Payload { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long At { get; set; }
}
