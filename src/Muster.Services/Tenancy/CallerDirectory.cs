using Muster.Storage.ControlPlane;

namespace Muster.Services.Tenancy;

/// <summary>
/// What every request asks before anything else, answered from memory as long as the control plane has not changed. Thread-safe.
/// </summary>
public sealed class CallerDirectory(ControlPlaneChanges changes, CredentialService credentials, SandboxService sandboxes)
{
    private readonly ControlPlaneCache<string, bool> _clients =
        new(changes, async (client, cancellationToken) =>
            await credentials.FindAsync(client, cancellationToken).ConfigureAwait(false) is not null);

    private readonly ControlPlaneCache<(string Organization, string Name), SandboxScope?> _scopes =
        new(changes, (key, cancellationToken) => sandboxes.FindScopeAsync(key.Organization, key.Name, cancellationToken));

    /// <summary>True if the client may log in.</summary>
    public ValueTask<bool> KnowsClientAsync(string clientId, CancellationToken cancellationToken) =>
        _clients.GetAsync(clientId, cancellationToken);

    /// <summary>The scope of an active sandbox, or null if the organisation has none of that name.</summary>
    public ValueTask<SandboxScope?> FindScopeAsync(string organizationId, string name, CancellationToken cancellationToken) =>
        _scopes.GetAsync((organizationId, name), cancellationToken);
}
