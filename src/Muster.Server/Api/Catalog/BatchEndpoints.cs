using Muster.Server.Authentication;
using Muster.Services.Catalog;

namespace Muster.Server.Api.Catalog;

/// <summary>The batches of the catalog API, read only: the ingestion API makes them.</summary>
internal static class BatchEndpoints
{
    private static readonly string[] Filters =
        ["status", "recordCount", "failedRecordCount", "size", "started", "completed", "externalId", "created", "createdClient", "createdUser", "updated", "updatedUser", "version"];

    private static readonly string[] LastFilters =
        ["lastBatchId", "lastBatchStatus", "lastSuccessfulBatchId", "lastFailedBatchId", "created", "updated"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/foundation/catalog").WithTags("Catalog");
        group.MapGet("/batches", ListAsync);
        group.MapGet("/batches/{ids}", GetAsync);
        group.MapGet("/batch/{ids}", GetAsync);
        group.MapGet("/lastBatches", LastAsync);
    }

    private static async Task<IResult> LastAsync(HttpContext http, BatchCatalog catalog)
    {
        IQueryCollection query = http.Request.Query;
        return Results.Json(await catalog.LastAsync(
            Caller.Scope(http), Ids(query.Text("dataSetId") ?? query.Text("dataSet") ?? ""), CatalogQueryReader.Read(query, LastFilters), http.RequestAborted));
    }

    private static async Task<IResult> ListAsync(HttpContext http, BatchCatalog catalog)
    {
        IQueryCollection query = http.Request.Query;
        return Results.Json(await catalog.ListAsync(
            Caller.Scope(http), query.Text("dataSet"), query.Text("batch"), CatalogQueryReader.Read(query, Filters), http.RequestAborted));
    }

    private static async Task<IResult> GetAsync(string ids, HttpContext http, BatchCatalog catalog)
    {
        return Results.Json(await catalog.GetAsync(Caller.Scope(http), Ids(ids), CatalogQueryReader.Read(http.Request.Query, []), http.RequestAborted));
    }

    private static string[] Ids(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
