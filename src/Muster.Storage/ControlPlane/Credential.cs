namespace Muster.Storage.ControlPlane;

/// <summary>A client that may log in for one organisation.</summary>
public sealed class Credential
{
    /// <summary>What <c>x-api-key</c> and <c>client_id</c> name.</summary>
    public required string ClientId { get; set; }

    /// <summary>The organisation it may act in.</summary>
    public required string OrganizationId { get; set; }

    /// <summary>Salted PBKDF2 hash of the secret; the secret itself is stored nowhere.</summary>
    public required string SecretHash { get; set; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long CreatedAt { get; set; }
}
