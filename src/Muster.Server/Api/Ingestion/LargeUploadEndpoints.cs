using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.Ingestion;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Ingestion;

/// <summary>Large files in parts: begin, send, complete.</summary>
internal static class LargeUploadEndpoints
{
    public static void Map(RouteGroupBuilder group, string file)
    {
        group.MapPost(file, ActAsync);
        group.MapPatch(file, PartAsync);
    }

    private static async Task<IResult> ActAsync(string id, string dataset, HttpContext http, LargeUploadService service)
    {
        SandboxScope scope = Caller.Scope(http);
        string action = BatchActions.Read(http.Request.Query, "INITIALIZE", "COMPLETE");
        string path = UploadTarget.PathOf(http);
        Upload file = await (action == "INITIALIZE"
            ? service.InitializeAsync(scope, id, dataset, path, http.RequestAborted)
            : service.CompleteAsync(scope, id, dataset, path, http.RequestAborted));
        return Results.Json(Document(file.Path, file.Bytes), statusCode: 201);
    }

    private static async Task<IResult> PartAsync(string id, string dataset, HttpContext http, LargeUploadService service)
    {
        ByteRange range = Range(http.Request);
        UploadPart part = await service.PutPartAsync(
            Caller.Scope(http), id, dataset, UploadTarget.PathOf(http), range, http.Request.Body, http.RequestAborted);
        http.Response.Headers.Range = FormattableString.Invariant($"bytes={part.First}-{part.Last}");
        return Results.Json(Document(part.Path, range.Length));
    }

    private static ByteRange Range(HttpRequest request)
    {
        string? text = request.Headers.ContentRange;
        if (!ContentRangeHeaderValue.TryParse(text, out ContentRangeHeaderValue? header) || header is not { HasRange: true }
            || !header.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase))
            throw new RequestRefusedException(400, "upload.range",
                "A part needs the header Content-Range: bytes FIRST-LAST/TOTAL, the last byte included and TOTAL a number or '*'.");
        var range = new ByteRange(header.From!.Value, header.To!.Value, header.Length);
        return request.ContentLength is not { } length || length == range.Length
            ? range
            : throw new RequestRefusedException(400, "upload.length", $"The part has {length} bytes, but its Content-Range says {range.Length}.");
    }

    private static JsonObject Document(string name, long bytes) => new() { ["name"] = name, ["sizeInBytes"] = bytes };
}
