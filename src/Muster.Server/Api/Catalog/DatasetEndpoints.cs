using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services.Catalog;

namespace Muster.Server.Api.Catalog;

/// <summary>The datasets of the catalog API.</summary>
internal static class DatasetEndpoints
{
    private const string Base = "/data/foundation/catalog";

    private static readonly string[] Filters =
        ["name", "description", "enableErrorDiagnostics", "version", "created", "updated", "createdClient", "createdUser", "updatedUser", "state", "namespace"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup(Base).WithTags("Catalog");
        group.MapPost("/dataSets", CreateAsync);
        group.MapGet("/dataSets", ListAsync);
        group.MapGet("/dataSets/{ids}", GetAsync);
        group.MapPut("/dataSets/{id}", async (string id, HttpContext http, DatasetService service, JsonBody body) => Changed(http, id,
            await service.ReplaceAsync(Caller.Scope(http), Client(http), id, await body.ObjectAsync(http), IfMatch(http), http.RequestAborted)));
        group.MapPatch("/dataSets/{id}", async (string id, HttpContext http, DatasetService service, JsonBody body) => Changed(http, id,
            await service.PatchAsync(Caller.Scope(http), Client(http), id, await body.ReadAsync(http), IfMatch(http), http.RequestAborted)));
        group.MapDelete("/dataSets/{id}", DeleteAsync);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, DatasetService service, JsonBody body)
    {
        string id = await service.CreateAsync(Caller.Scope(http), Client(http), await body.ObjectAsync(http), http.RequestAborted);
        http.Response.Headers.Location = $"{http.Request.Scheme}://{http.Request.Host}{Base}/dataSets/{id}";
        // Both spellings are documented; the tutorial's own answer has the lower-case one, and clients take what follows the last slash.
        return Results.Json(new JsonArray($"@/datasets/{id}"), statusCode: 201);
    }

    private static async Task<IResult> ListAsync(HttpContext http, DatasetService service) => Results.Json(
        await service.ListAsync(Caller.Scope(http), CatalogQueryReader.Read(http.Request.Query, Filters), http.RequestAborted));

    private static async Task<IResult> GetAsync(string ids, HttpContext http, DatasetService service)
    {
        string[] wanted = ids.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        CatalogQuery query = CatalogQueryReader.Read(http.Request.Query, []);
        (JsonObject found, string version) = await service.GetAsync(Caller.Scope(http), wanted, query, http.RequestAborted);
        if (wanted.Length == 1) http.Response.Headers.ETag = $"\"{version}\"";
        return Results.Json(found);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, DatasetService service)
    {
        await service.DeleteAsync(Caller.Scope(http), id, IfMatch(http), http.RequestAborted);
        return Results.Json(new JsonArray($"@/dataSets/{id}"));
    }

    private static IResult Changed(HttpContext http, string id, string version)
    {
        http.Response.Headers.ETag = $"\"{version}\"";
        return Results.Json(new JsonArray($"@/dataSets/{id}"));
    }

    private static string Client(HttpContext http) => Caller.Of(http).ClientId;

    private static string? IfMatch(HttpContext http) => http.Request.Headers.IfMatch.FirstOrDefault(v => !string.IsNullOrWhiteSpace(v));
}
