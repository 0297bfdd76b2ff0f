namespace Muster.Storage.ControlPlane;

/// <summary>An isolated world inside an organisation.</summary>
public sealed class Sandbox
{
    /// <summary>UUID; names the folder of its files.</summary>
    public required string Id { get; set; }

    /// <summary>Its organisation.</summary>
    public required string OrganizationId { get; set; }

    /// <summary>Unique in the organisation; what <c>x-sandbox-name</c> names.</summary>
    public required string Name { get; set; }

    /// <summary>For people.</summary>
    public required string Title { get; set; }

    /// <summary><c>production</c> or <c>development</c>.</summary>
    public required string Type { get; set; }

    /// <summary>True for <c>prod</c>.</summary>
    public bool IsDefault { get; set; }

    /// <summary><c>active</c> or <c>deleted</c>.</summary>
    public string State { get; set; } = "active";

    /// <summary>Counts changes; served as eTag.</summary>
    public int Version { get; set; } = 1;

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long UpdatedAt { get; set; }
}
