using Muster.Server.Errors;
using Muster.Services.Tenancy;

namespace Muster.Server.Authentication;

/// <summary>Every request under <c>/data</c> passes here: token, client, organisation and sandbox, in the order in which AEP's gateway complains.</summary>
internal sealed class GatewayMiddleware(RequestDelegate next, TokenService tokens, CallerDirectory callers)
{
    private const string Bearer = "Bearer ";

    public async Task InvokeAsync(HttpContext http)
    {
        PathString path = http.Request.Path;
        if (path.StartsWithSegments("/data"))
        {
            bool needsSandbox = !path.StartsWithSegments("/data/foundation/sandbox-management");
            http.Features.Set(await IdentifyAsync(http.Request, needsSandbox, http.RequestAborted));
        }

        await next(http);
    }

    private async Task<Caller> IdentifyAsync(HttpRequest request, bool needsSandbox, CancellationToken cancellationToken)
    {
        TokenBearer bearer = await BearerAsync(request);
        string? client = Header(request, "x-api-key") ?? throw new GatewayException("403000", "Api Key is required");
        if (client != bearer.ClientId || !await callers.KnowsClientAsync(client, cancellationToken))
            throw new GatewayException("403003", "Api Key is invalid");
        string organization = Header(request, "x-gw-ims-org-id") ?? throw new GatewayException("400003", "Missing header");
        if (organization.Split('@') is not [{ Length: > 0 }, { Length: > 0 }]) throw new GatewayException("403027", "User region is missing");
        if (organization != bearer.OrganizationId) throw new GatewayException("403025", "Profile is not valid");
        if (!needsSandbox) return new Caller(client, organization, null);
        string name = Header(request, "x-sandbox-name") ?? throw new GatewayException("400003", "Missing header: x-sandbox-name");
        SandboxScope scope = await callers.FindScopeAsync(organization, name, cancellationToken)
            ?? throw new GatewayException("403028", "Sandbox is not valid");
        return new Caller(client, organization, scope);
    }

    private async Task<TokenBearer> BearerAsync(HttpRequest request)
    {
        string authorization = Header(request, "Authorization") ?? throw new GatewayException("403010", "Oauth token is missing.");
        string token = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : "";
        return (token.Length == 0 ? null : await tokens.ReadAsync(token)) ?? throw new GatewayException("401013", "Oauth token is not valid");
    }

    private static string? Header(HttpRequest request, string name)
    {
        string? value = request.Headers[name];
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }
}
