using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Tenancy;

/// <summary>What the first start makes and every later start finds: organisation, default sandbox, credentials, signing key.</summary>
/// <param name="database">The control plane.</param>
/// <param name="time">Stamps what is made.</param>
public sealed class TenantSetup(IDbContextFactory<ControlPlaneContext> database, TimeProvider time)
{
    /// <summary>The name of the first sandbox of an organisation.</summary>
    public const string DefaultSandboxName = "prod";

    /// <summary>Makes what is not there yet.</summary>
    /// <param name="organizationId">Such as <c>MUSTER@AdobeOrg</c>.</param>
    /// <param name="clientId">The client to admit; null: the one that exists, or a generated one.</param>
    /// <param name="clientSecret">Its secret, which replaces a stored one; null: keeps the stored one, or generates it.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    public async Task<TenantStart> EnsureAsync(string organizationId, string? clientId, string? clientSecret, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (await context.Organizations.FindAsync([organizationId], cancellationToken) is null)
        {
            context.Organizations.Add(new Organization { Id = organizationId, CreatedAt = now });
            NewSandbox.Add(context, organizationId, DefaultSandboxName, "Production", "production", isDefault: true, now);
        }

        SigningKey? key = await context.SigningKeys.SingleOrDefaultAsync(cancellationToken);
        if (key is null) context.SigningKeys.Add(key = new SigningKey { Id = 1, Key = RandomNumberGenerator.GetBytes(32) });
        (string client, string? generated) = await EnsureCredentialAsync(context, organizationId, clientId, clientSecret, now, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        return new TenantStart(client, generated, key.Key);
    }

    private static async Task<(string Client, string? Generated)> EnsureCredentialAsync(
        ControlPlaneContext context, string organizationId, string? clientId, string? clientSecret, long now, CancellationToken cancellationToken)
    {
        Credential? credential = clientId is null
            ? await context.Credentials.Where(c => c.OrganizationId == organizationId).OrderBy(c => c.CreatedAt).FirstOrDefaultAsync(cancellationToken)
            : await context.Credentials.FindAsync([clientId], cancellationToken);
        if (credential is not null && credential.OrganizationId != organizationId)
            throw new InvalidOperationException($"The client '{clientId}' belongs to another organization of this data folder.");
        if (credential is not null)
        {
            if (clientSecret is not null && !SecretHash.Matches(clientSecret, credential.SecretHash)) credential.SecretHash = SecretHash.Make(clientSecret);
            return (credential.ClientId, null);
        }

        string client = clientId ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        string secret = clientSecret ?? "p8e-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        context.Credentials.Add(new Credential { ClientId = client, OrganizationId = organizationId, SecretHash = SecretHash.Make(secret), CreatedAt = now });
        return (client, clientSecret is null ? secret : null);
    }
}

/// <summary>What a start of the host needs to know about its tenant.</summary>
/// <param name="ClientId">The client that may log in.</param>
/// <param name="GeneratedSecret">Its secret if this start generated it: shown once, stored nowhere.</param>
/// <param name="SigningKey">Signs and checks tokens.</param>
public sealed record TenantStart(string ClientId, string? GeneratedSecret, byte[] SigningKey);
