using System.Globalization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Authentication;

/// <summary>Issues and checks the access tokens of this data folder: HS256, bound to one client and its organisation.</summary>
internal sealed class TokenService(byte[] key, TimeSpan lifetime, TimeProvider time)
{
    private const string Issuer = "muster";
    private readonly SymmetricSecurityKey _key = new(key);
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };

    /// <summary>AEP tells one second less than the life of the token.</summary>
    public long ExpiresInSeconds => (long)lifetime.TotalSeconds - 1;

    public string Issue(Credential credential)
    {
        DateTimeOffset now = time.GetUtcNow();
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + lifetime).UtcDateTime,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.HmacSha256),
            Claims = new Dictionary<string, object>
            {
                ["org"] = credential.OrganizationId,
                ["client_id"] = credential.ClientId,
                ["type"] = "access_token",
                ["created_at"] = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                ["expires_in"] = ((long)lifetime.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            },
        });
    }

    /// <summary>Who the token speaks for, or null if it is not one of ours or its time is over.</summary>
    public async Task<TokenBearer?> ReadAsync(string token)
    {
        TokenValidationResult result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidateAudience = false,
            IssuerSigningKey = _key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            RequireExpirationTime = true,
            LifetimeValidator = (_, expires, _, _) => expires > time.GetUtcNow().UtcDateTime,
        });
        return result.IsValid && result.Claims.TryGetValue("client_id", out object? client) && result.Claims.TryGetValue("org", out object? organization)
            ? new TokenBearer((string)client, (string)organization)
            : null;
    }
}

/// <summary>Who a token speaks for.</summary>
internal sealed record TokenBearer(string ClientId, string OrganizationId);
