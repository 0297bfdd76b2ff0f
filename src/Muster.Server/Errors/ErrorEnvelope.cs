using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Muster.Services;

namespace Muster.Server.Errors;

/// <summary>The error bodies of AEP. Each family of APIs has its own; the path decides.</summary>
internal static partial class ErrorEnvelope
{
    public const string ContentTypeCode = "request.contentType";

    public static JsonNode For(HttpContext http, RequestRefusedException refusal)
    {
        PathString path = http.Request.Path;
        if (refusal.Code == ContentTypeCode) return Problem(refusal);
        if (path.StartsWithSegments("/data/core/ups/access")) return Profile(refusal);
        if (path.StartsWithSegments("/data/core/idnamespace"))
            return IdentityEnvelope.Namespace(http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), refusal);
        if (path.StartsWithSegments("/data/core/identity")) return IdentityEnvelope.Identity(path, refusal);
        if (path.StartsWithSegments("/data/core")) return Ups(http.TraceIdentifier, refusal);
        return path.StartsWithSegments("/data/foundation/sandbox-management") ? Sandbox(refusal) : Problem(refusal);
    }

    public static JsonObject Gateway(GatewayException refusal) => new() { ["error_code"] = refusal.Code, ["message"] = refusal.Message };

    private static JsonObject Ups(string requestId, RequestRefusedException refusal)
    {
        string status = Number(refusal.Status);
        IReadOnlyList<RequestFinding> findings =
            refusal.Findings.Count > 0 ? refusal.Findings : [new RequestFinding(refusal.Code, refusal.Message)];
        var errors = new JsonArray([.. findings.Select(f => (JsonNode)new JsonObject { ["code"] = f.Code, ["message"] = f.Message })]);
        return new JsonObject
        {
            ["requestId"] = requestId,
            ["type"] = "https://ns.adobe.com/aep/errors/" + (AdobeCode().IsMatch(refusal.Code) ? refusal.Code : $"UPAPI-100{status}-{status}"),
            ["title"] = refusal.Message,
            ["status"] = refusal.Status,
            ["errors"] = new JsonObject { [status] = errors },
        };
    }

    private static JsonObject Problem(RequestRefusedException refusal) => new()
    {
        ["type"] = "/placeholder/type/uri",
        ["status"] = refusal.Status,
        ["title"] = refusal.Status == 500
            ? "InternalServerError" : ReasonPhrases.GetReasonPhrase(refusal.Status).Replace(" ", "", StringComparison.Ordinal) + "Error",
        ["detail"] = refusal.Message,
    };

    private static JsonObject Sandbox(RequestRefusedException refusal) => new()
    {
        ["status"] = refusal.Status,
        ["title"] = refusal.Message,
        ["type"] = $"http://ns.adobe.com/aep/errors/SMS-2{Number(refusal.Status)}-{Number(refusal.Status)}",
    };

    private static JsonNode Profile(RequestRefusedException refusal) => refusal.Status switch
    {
        429 => new JsonArray(new JsonObject
        {
            ["message"] = refusal.Message,
            ["cause"] = refusal.Code,
            ["retryAfterMs"] = 1000,
            ["statusCode"] = 429,
        }),
        404 => new JsonObject { ["statusCode"] = 404 },
        400 or 422 => new JsonObject { ["message"] = refusal.Message, ["cause"] = refusal.Code, ["statusCode"] = refusal.Status },
        _ => new JsonObject { ["message"] = refusal.Message, ["statusCode"] = refusal.Status },
    };

    [GeneratedRegex(@"^[A-Z]+-\d{6}-\d{3}$")]
    private static partial Regex AdobeCode();

    private static string Number(int status) => status.ToString(CultureInfo.InvariantCulture);
}
