using Muster.Server.Authentication;
using Muster.Services.Catalog;

namespace Muster.Server.Api.Catalog;

/// <summary>The batches of the catalog API, read only: the ingestion API makes them.</summary>
internal static class BatchEndpoints
{
    private static readonly string[] Filters =
        ["status", "recordCount", "failedRecordCount", "size", "started", "completed", "externalId", "created", "createdClient", "createdUser", "updated", "updatedUser", "version"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/foundation/catalog").WithTags("Catalog");
        group.MapGet("/batches", ListAsync);
        group.MapGet("/batches/{ids}", GetAsync);
        group.MapGet("/batch/{ids}", GetAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, BatchCatalog catalog)
    {
        IQueryCollection query = http.Request.Query;
        return Results.Json(await catalog.ListAsync(
            Caller.Scope(http), query.Text("dataSet"), query.Text("batch"), CatalogQueryReader.Read(query, Filters), http.RequestAborted));
    }

    private static async Task<IResult> GetAsync(string ids, HttpContext http, BatchCatalog catalog)
    {
        string[] wanted = ids.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Results.Json(await catalog.GetAsync(Caller.Scope(http), wanted, CatalogQueryReader.Read(http.Request.Query, []), http.RequestAborted));
    }
}
