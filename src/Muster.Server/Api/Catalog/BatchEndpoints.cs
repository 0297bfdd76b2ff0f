using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services.Catalog;
using Muster.Services.Ingestion;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Catalog;

/// <summary>The batches of the catalog API; the ingestion API makes them.</summary>
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
        group.MapDelete("/batches/{id}", DeleteAsync);
    }

    // Published as deprecated: what the ingestion API says with REVERT, or with ABORT while the batch is open.
    private static async Task<IResult> DeleteAsync(string id, HttpContext http, BatchService service)
    {
        SandboxScope scope = Caller.Scope(http);
        string status = (await service.GetAsync(scope, id, http.RequestAborted)).Status;
        if (status == BatchStatus.Loading) await service.AbortAsync(scope, id, http.RequestAborted);
        else if (status is not (BatchStatus.Failed or BatchStatus.Aborted)) await service.RevertAsync(scope, id, http.RequestAborted);
        return Results.Json(new JsonArray($"@/batches/{id}"));
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
