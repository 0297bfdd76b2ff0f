using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.SystemJobs;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Profile;

/// <summary>The system jobs of the profile API: they delete from profiles and leave the lake as it is.</summary>
internal static class SystemJobEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/core/ups/system/jobs").WithTags("Profile");
        group.MapGet("/", ListAsync);
        group.MapPost("/", async (HttpContext http, SystemJobService service, JsonBody body) => Results.Json(
            SystemJobDocument.For(Caller.Scope(http), await service.CreateAsync(Caller.Scope(http), await body.ObjectAsync(http), http.RequestAborted))));
        group.MapGet("/{id}", async (string id, HttpContext http, SystemJobService service) => Results.Json(
            SystemJobDocument.For(Caller.Scope(http), await service.GetAsync(Caller.Scope(http), id, http.RequestAborted))));
        group.MapDelete("/{id}", async (string id, HttpContext http, SystemJobService service) =>
        {
            await service.DeleteAsync(Caller.Scope(http), id, http.RequestAborted);
            return Results.Ok();
        });
    }

    private static async Task<IResult> ListAsync(HttpContext http, SystemJobService service)
    {
        IQueryCollection query = http.Request.Query;
        SandboxScope scope = Caller.Scope(http);
        int limit = query.PageSize();
        // The cursor is the number of the page, so it may come under either name.
        int page = query.Text("page") is null ? query.Number("start", 0, 0, 1_000_000) : query.Number("page", 0, 0, 1_000_000);
        IReadOnlyList<ProfileSystemJob> all = Sort(await service.ListAsync(scope, http.RequestAborted), query.Text("sort"));
        ProfileSystemJob[] jobs = [.. all.Skip(page * limit).Take(limit)];
        bool hasNext = ((long)page * limit) + jobs.Length < all.Count;
        return Results.Json(new JsonObject
        {
            ["_page"] = new JsonObject
            {
                ["count"] = jobs.Length,
                ["pageSize"] = jobs.Length,
                ["start"] = page,
                ["totalCount"] = all.Count,
                ["next"] = hasNext ? (page + 1).ToString(CultureInfo.InvariantCulture) : "",
            },
            ["children"] = new JsonArray([.. jobs.Select(j => (JsonNode)SystemJobDocument.For(scope, j))]),
        });
    }

    private static IReadOnlyList<ProfileSystemJob> Sort(IReadOnlyList<ProfileSystemJob> jobs, string? sort)
    {
        if (sort is null) return jobs;
        string[] parts = sort.Split(':');
        bool isDescending = parts.Length == 2 && parts[1].Equals("desc", StringComparison.OrdinalIgnoreCase);
        if (parts.Length > 2 || (parts.Length == 2 && !isDescending && !parts[1].Equals("asc", StringComparison.OrdinalIgnoreCase))) throw Wrong();
        Func<ProfileSystemJob, IComparable> key = parts[0] switch
        {
            "createEpoch" or "createdAt" => j => j.CreatedAt,
            "updateEpoch" or "updatedAt" => j => j.UpdatedAt,
            "status" => j => SystemJobDocument.StatusOf(j),
            "id" or "requestId" => j => j.Id,
            "dataSetId" => j => j.DatasetId,
            _ => throw Wrong(),
        };
        return isDescending ? [.. jobs.OrderByDescending(key)] : [.. jobs.OrderBy(key)];

        static RequestRefusedException Wrong() => new(400, "request.query",
            "The parameter 'sort' must be createEpoch, updateEpoch, status, id or dataSetId, and may end with ':asc' or ':desc'.");
    }
}
