using Microsoft.AspNetCore.Http.Features;
using Muster.Services;
using Muster.Services.Ingestion;

namespace Muster.Server.Api.Ingestion;

/// <summary>
/// The path of an uploaded file as the client really sent it. The host removes dot segments and decodes escapes before routing, so a hostile path
/// would arrive as another, harmless-looking request: it is judged here, before.
/// </summary>
internal static class UploadTarget
{
    private const string Prefix = "/data/foundation/import/batches/";

    /// <summary>Refuses a bad path before the request is routed.</summary>
    public static Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        if (Find(http) is { } path) UploadPath.Normalize(path);
        return next(http);
    }

    /// <summary>The decoded path, not yet checked.</summary>
    public static string PathOf(HttpContext http) =>
        Find(http) ?? throw new RequestRefusedException(400, "path.invalid", "The path of the file is refused: it leaves the batch.");

    private static string? Find(HttpContext http)
    {
        string target = (http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "").Split('?')[0];
        int scheme = target.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && target[0] != '/') target = target[Math.Max(0, target.IndexOf('/', scheme + 3))..];
        if (!target.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return null;
        string[] parts = target[Prefix.Length..].Split('/', 5);
        bool isUpload = parts.Length == 5 && parts[1].Equals("datasets", StringComparison.OrdinalIgnoreCase)
            && parts[3].Equals("files", StringComparison.OrdinalIgnoreCase);
        return isUpload ? Uri.UnescapeDataString(parts[4]) : null;
    }
}
