using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.Export;
using Muster.Services.Segmentation.Jobs;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Segmentation;

/// <summary>Export jobs.</summary>
internal static class ExportJobEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/core/ups/export/jobs").WithTags("Export jobs");
        group.MapGet("/", ListAsync);
        group.MapPost("/", async (HttpContext http, ExportJobService service, JsonBody body) =>
        {
            SandboxScope scope = Caller.Scope(http);
            JsonElement request = JsonSerializer.SerializeToElement(await body.ObjectAsync(http));
            ExportJob job = await service.CreateAsync(
                scope, request, http.TraceIdentifier, http.Request.Headers["x-profile-instance-id"].FirstOrDefault(), http.RequestAborted);
            return Results.Json(ExportJobDocument.For(scope, job));
        });
        group.MapGet("/{id}", async (string id, HttpContext http, ExportJobService service) =>
            Results.Json(ExportJobDocument.For(Caller.Scope(http), await service.GetAsync(Caller.Scope(http), Number(id), http.RequestAborted))));
        group.MapDelete("/{id}", async (string id, HttpContext http, ExportJobService service) =>
        {
            await service.CancelAsync(Caller.Scope(http), Number(id), http.RequestAborted);
            return Results.Json(new JsonObject { ["status"] = true, ["message"] = "Export job has been marked for cancelling" });
        });
    }

    private static long Number(string id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw new RequestRefusedException(404, "UPAPI-140004-404", $"There is no export job '{id}' in this sandbox.");

    private static async Task<IResult> ListAsync(HttpContext http, ExportJobService service)
    {
        IQueryCollection query = http.Request.Query;
        SandboxScope scope = Caller.Scope(http);
        int limit = query.PageSize();
        (int skip, (long, long)? after) = Offset(query, limit);
        JobPage<ExportJob> found = await service.ListAsync(scope, skip, after, limit + 1, SegmentJobEndpoints.Status(query), http.RequestAborted);
        ExportJob[] page = [.. found.Items.Take(limit)];
        string cursor = page.Length > 0 ? FormattableString.Invariant($"{page[^1].CreatedAt}_{page[^1].Id}") : "";
        return Results.Json(new JsonObject
        {
            ["records"] = new JsonArray([.. page.Select(j => (JsonNode)ExportJobDocument.For(scope, j))]),
            ["page"] = new JsonObject { ["sortField"] = "createdTime", ["sort"] = "desc", ["pageOffset"] = cursor, ["pageSize"] = page.Length },
            // One more than the page was read, so that the link is there only when something follows.
            ["link"] = new JsonObject
            {
                ["next"] = found.Items.Count > limit ? FormattableString.Invariant($"/export/jobs/?limit={limit}&offset={cursor}") : "",
            },
        });
    }

    // A cursor as link.next gives it, a plain number to skip, or pages as the profile API counts them.
    private static (int Skip, (long CreatedAt, long Id)? After) Offset(IQueryCollection query, int limit)
    {
        if (query.Text("offset") is not { } offset)
            return (query.Number("start", 0, 0, int.MaxValue / 2) + (query.Number("page", 0, 0, 1_000_000) * limit), null);
        string[] parts = offset.Split('_');
        if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long created)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long id))
            return (0, (created, id));
        return (query.Number("offset", 0, 0, int.MaxValue), null);
    }
}
