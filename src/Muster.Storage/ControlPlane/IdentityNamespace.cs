namespace Muster.Storage.ControlPlane;

/// <summary>A namespace that an organisation made for itself. Its code and type never change, and it is never deleted.</summary>
public sealed class IdentityNamespace
{
    /// <summary>The first number of custom namespaces; lower ones are standard.</summary>
    public const long FirstId = 10_000_000;

    /// <summary>From <see cref="FirstId"/> up.</summary>
    public long Id { get; set; }

    /// <summary>Its organisation.</summary>
    public required string OrganizationId { get; set; }

    /// <summary>What identity maps name it by, as its maker spelled it.</summary>
    public required string Code { get; set; }

    /// <summary>The code in lower case: unique in the organisation.</summary>
    public required string CodeKey { get; set; }

    /// <summary>Such as <c>CROSS_DEVICE</c>.</summary>
    public required string Type { get; set; }

    /// <summary>For people.</summary>
    public required string Name { get; set; }

    /// <summary>For people.</summary>
    public string Description { get; set; } = "";

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long UpdatedAt { get; set; }
}
