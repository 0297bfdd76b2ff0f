namespace Muster.Storage.ControlPlane;

/// <summary>How fragments become a profile.</summary>
public sealed class MergePolicy
{
    /// <summary>UUID.</summary>
    public required string Id { get; set; }

    /// <summary>Its sandbox.</summary>
    public required string SandboxId { get; set; }

    /// <summary>For people.</summary>
    public required string Name { get; set; }

    /// <summary><c>_xdm.context.profile</c>.</summary>
    public required string SchemaName { get; set; }

    /// <summary><c>none</c> or <c>pdg</c>.</summary>
    public required string IdentityGraphType { get; set; }

    /// <summary><c>timestampOrdered</c> or <c>dataSetPrecedence</c>.</summary>
    public required string AttributeMergeType { get; set; }

    /// <summary>JSON array of dataset ids, highest priority first.</summary>
    public string AttributeMergeOrder { get; set; } = "[]";

    /// <summary>The dotted path of the field that says how recent a record is; null: the standard one. Ours, not AEP's.</summary>
    public string? TimestampField { get; set; }

    /// <summary>At most one in a sandbox.</summary>
    public bool IsActiveOnEdge { get; set; }

    /// <summary>At most one for a schema.</summary>
    public bool IsDefault { get; set; }

    /// <summary>From 1; +1 on every change.</summary>
    public int Version { get; set; } = 1;

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long UpdatedAt { get; set; }
}
