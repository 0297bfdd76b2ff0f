using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Muster.Services;

namespace Muster.Server.Errors;

/// <summary>The error bodies of the identity APIs: one of namespaces, one of identities with a variant for the deprecated calls.</summary>
internal static class IdentityEnvelope
{
    /// <summary>Under <c>/data/core/idnamespace</c>.</summary>
    public static JsonObject Namespace(DateTimeOffset now, RequestRefusedException refusal) => new()
    {
        ["timestamp"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        ["type"] = "http://ns.adobe.com/adobecloud/problem/namespacevalidation",
        ["status"] = refusal.Status,
        ["title"] = refusal.Status switch
        {
            400 => "Namespace validation",
            409 => "NAMESPACE_CODE_CONFLICT",
            _ => ReasonPhrases.GetReasonPhrase(refusal.Status),
        },
        ["description"] = refusal.Message,
        ["report"] = new JsonObject { ["code"] = refusal.Code, ["message"] = refusal.Message },
    };

    /// <summary>Under <c>/data/core/identity</c>.</summary>
    public static JsonObject Identity(PathString path, RequestRefusedException refusal)
    {
        string title = refusal.Status switch
        {
            400 => "InvalidInput",
            401 => "UnauthorizedAccess",
            403 => "AccountNotProvisioned",
            429 => "RequestRateTooLarge",
            500 => "InternalError",
            _ => ReasonPhrases.GetReasonPhrase(refusal.Status).Replace(" ", "", StringComparison.Ordinal),
        };
        var body = new JsonObject { ["title"] = title, ["status"] = refusal.Status };
        bool isOld = path.StartsWithSegments("/data/core/identity/cluster") || path.StartsWithSegments("/data/core/identity/clusters");
        body[isOld ? "description" : "detail"] = refusal.Message;
        if (!path.StartsWithSegments("/data/core/identity/v2")) return body;
        body["reason"] = title;
        body["message"] = refusal.Message;
        return body;
    }
}
