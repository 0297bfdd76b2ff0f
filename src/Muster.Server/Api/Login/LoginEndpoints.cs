using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Login;

/// <summary>The token endpoint of IMS for client credentials; parameters in the form, in the query, or mixed (the form wins).</summary>
internal static class LoginEndpoints
{
    private const long MaxFormBytes = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/ims/token/v3", LogInAsync).WithTags("Login");
        routes.MapPost("/ims/token/v2", LogInAsync).WithTags("Login");
    }

    private static async Task<IResult> LogInAsync(HttpContext http, CredentialService credentials, TokenService tokens)
    {
        IFormCollection form = await FormAsync(http.Request);
        string? Parameter(string name) => form[name].FirstOrDefault(v => !string.IsNullOrEmpty(v)) ?? http.Request.Query.Text(name);

        if (Parameter("grant_type") is not { } grant) return Refuse(400, "invalid_request", "The parameter grant_type is missing.");
        if (grant != "client_credentials") return Refuse(400, "unsupported_grant_type", "Only the grant client_credentials is supported.");
        if (Parameter("client_id") is not { } client) return Refuse(400, "invalid_request", "The parameter client_id is missing.");
        if (Parameter("client_secret") is not { } secret) return Refuse(400, "invalid_request", "The parameter client_secret is missing.");
        Credential? credential = await credentials.LogInAsync(client, secret, http.RequestAborted);
        if (credential is null) return Refuse(401, "invalid_client", "The client is unknown or its secret is wrong.");
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(new JsonObject
        {
            ["access_token"] = tokens.Issue(credential),
            ["token_type"] = "bearer",
            ["expires_in"] = tokens.ExpiresInSeconds,
        });
    }

    // Clients that put everything in the query send a blank body, or a Content-Type that says nothing.
    private static async Task<IFormCollection> FormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType) return FormCollection.Empty;
        if (request.ContentLength > MaxFormBytes) throw new BadHttpRequestException("The form is too large.", 413);
        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (InvalidDataException)
        {
            throw new BadHttpRequestException("The form is malformed.", 400);
        }
    }

    private static IResult Refuse(int status, string error, string description) =>
        Results.Json(new JsonObject { ["error"] = error, ["error_description"] = description }, statusCode: status);
}
