namespace Muster.Storage.ControlPlane;

/// <summary>A person who is to be forgotten. The row is the promise: it is written before the request is acknowledged.</summary>
public sealed class ErasureRequest
{
    /// <summary>UUID.</summary>
    public required string Id { get; set; }

    /// <summary>Its sandbox.</summary>
    public required string SandboxId { get; set; }

    /// <summary>The namespace of an identity of the person; empty once the person is forgotten.</summary>
    public required string Namespace { get; set; }

    /// <summary>The id of that identity; empty once the person is forgotten.</summary>
    public required string Identity { get; set; }

    /// <summary>One of <see cref="JobStatus"/>: new, processing or succeeded.</summary>
    public string Status { get; set; } = JobStatus.New;

    /// <summary>How many identities were forgotten.</summary>
    public int Forgotten { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long UpdatedAt { get; set; }
}
