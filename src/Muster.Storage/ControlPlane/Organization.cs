namespace Muster.Storage.ControlPlane;

/// <summary>A tenant: what <c>x-gw-ims-org-id</c> names.</summary>
public sealed class Organization
{
    /// <summary>Such as <c>MUSTER@AdobeOrg</c>.</summary>
    public required string Id { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }
}
