using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.Segmentation.Definitions;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Segmentation;

/// <summary>Segment definitions.</summary>
internal static class DefinitionEndpoints
{
    private const string Path = "/data/core/ups/segment/definitions";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup(Path).WithTags("Segment definitions");
        group.MapGet("/", ListAsync);
        group.MapPost("/", async (HttpContext http, SegmentDefinitionService service, JsonBody body) =>
            Answer(http, await service.CreateAsync(Caller.Scope(http), await body.ObjectAsync(http), http.RequestAborted)));
        group.MapPost("/bulk-get", BulkGetAsync);
        group.MapGet("/{id}", async (string id, HttpContext http, SegmentDefinitionService service) =>
            Answer(http, await service.GetAsync(Caller.Scope(http), id, http.RequestAborted)));
        group.MapPatch("/{id}", async (string id, HttpContext http, SegmentDefinitionService service, JsonBody body) =>
            Answer(http, await service.PatchAsync(Caller.Scope(http), id, await body.ObjectAsync(http), http.RequestAborted)));
        group.MapDelete("/{id}", async (string id, HttpContext http, SegmentDefinitionService service) =>
        {
            await service.DeleteAsync(Caller.Scope(http), id, http.RequestAborted);
            return Results.Json(new JsonObject { ["status"] = true, ["message"] = $"Segment definition with id '{id}' has been deleted" });
        });
    }

    private static async Task<IResult> ListAsync(HttpContext http, SegmentDefinitionService service)
    {
        IQueryCollection query = http.Request.Query;
        int limit = query.PageSize();
        int page = query.Number("page", 0, 0, 1_000_000);
        int start = query.Number("start", 0, 0, int.MaxValue / 2);
        (string field, bool descending) = Sort(query.Text("sort"));
        var evaluation = new Dictionary<string, bool>();
        foreach (string kind in (string[])["batch", "continuous", "synchronous"])
            if (query.Flag($"evaluationInfo.{kind}.enabled") is { } wanted) evaluation[kind] = wanted;
        SandboxScope scope = Caller.Scope(http);
        (IReadOnlyList<SegmentDefinition> found, int total) = await service.ListAsync(
            scope, new DefinitionListing(start + (page * limit), limit, field, descending, evaluation), http.RequestAborted);
        int pages = (total + limit - 1) / limit;
        var link = new JsonObject();
        if (page + 1 < pages) link["next"] = FormattableString.Invariant($"/segment/definitions?page={page + 1}&limit={limit}&sort={field}:{(descending ? "desc" : "asc")}");
        return Results.Json(new JsonObject
        {
            ["segments"] = new JsonArray([.. found.Select(d => (JsonNode)DefinitionDocument.For(scope, d))]),
            ["page"] = new JsonObject
            {
                ["totalCount"] = total,
                ["totalPages"] = pages,
                ["sortField"] = field,
                ["sort"] = descending ? "desc" : "asc",
                ["pageSize"] = found.Count,
                ["limit"] = limit,
            },
            ["link"] = link,
        });
    }

    private static async Task<IResult> BulkGetAsync(HttpContext http, SegmentDefinitionService service, JsonBody body)
    {
        IReadOnlyList<string> ids = BulkIds.Read(await body.ReadAsync(http));
        SandboxScope scope = Caller.Scope(http);
        var results = new JsonObject();
        foreach (SegmentDefinition found in await service.GetManyAsync(scope, ids, http.RequestAborted)) results[found.Id] = DefinitionDocument.For(scope, found);
        return Results.Json(new JsonObject { ["results"] = results }, statusCode: 207);
    }

    private static (string Field, bool Descending) Sort(string? sort)
    {
        if (sort is null) return ("creationTime", true);
        string[] parts = sort.Split(':');
        string direction = parts.Length > 1 ? parts[1].ToLowerInvariant() : "desc";
        if (parts.Length > 2 || parts[0] is not ("creationTime" or "updateTime" or "name") || direction is not ("asc" or "desc"))
            throw new RequestRefusedException(400, "request.query", "The query parameter 'sort' must be creationTime, updateTime or name, followed by ':asc' or ':desc'.");
        return (parts[0], direction == "desc");
    }

    private static IResult Answer(HttpContext http, SegmentDefinition definition) => Results.Json(DefinitionDocument.For(Caller.Scope(http), definition));
}
