using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Tenancy;

/// <summary>Tells who may log in.</summary>
/// <param name="database">The control plane.</param>
public sealed class CredentialService(IDbContextFactory<ControlPlaneContext> database)
{
    // Compared when the client is unknown, so that the answer takes as long as for a known one.
    private readonly string _decoy = SecretHash.Make(Guid.NewGuid().ToString());

    /// <summary>The credential of a client, or null if the client is unknown or the secret is wrong.</summary>
    public async Task<Credential?> LogInAsync(string clientId, string clientSecret, CancellationToken cancellationToken)
    {
        Credential? credential = await FindAsync(clientId, cancellationToken);
        bool matches = SecretHash.Matches(clientSecret, credential?.SecretHash ?? _decoy);
        return matches ? credential : null;
    }

    /// <summary>The credential of a client, or null.</summary>
    public async Task<Credential?> FindAsync(string clientId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        return await context.Credentials.AsNoTracking().SingleOrDefaultAsync(c => c.ClientId == clientId, cancellationToken);
    }
}
