using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.Requests;
using Muster.Services.Segmentation.Jobs;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Segmentation;

/// <summary>Segment jobs.</summary>
internal static class SegmentJobEndpoints
{
    private static readonly string[] Statuses =
        [JobStatus.New, JobStatus.Queued, JobStatus.Processing, JobStatus.Succeeded, JobStatus.Failed, JobStatus.Cancelling, JobStatus.Cancelled];

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/core/ups/segment/jobs").WithTags("Segment jobs");
        group.MapGet("/", ListAsync);
        group.MapPost("/", CreateAsync);
        group.MapPost("/bulk-get", BulkGetAsync);
        group.MapGet("/{id}", async (string id, HttpContext http, SegmentJobService service) =>
            Results.Json(SegmentJobDocument.For(Caller.Scope(http), await service.GetAsync(Caller.Scope(http), id, http.RequestAborted))));
        group.MapDelete("/{id}", async (string id, HttpContext http, SegmentJobService service) =>
        {
            await service.CancelAsync(Caller.Scope(http), id, http.RequestAborted);
            return Results.NoContent();
        });
    }

    /// <summary>A status filter, checked.</summary>
    public static string? Status(IQueryCollection query)
    {
        string? status = query.Text("status")?.ToUpperInvariant();
        return status is null || Statuses.Contains(status)
            ? status
            : throw new RequestRefusedException(400, "request.query", $"The query parameter 'status' must be one of {string.Join(", ", Statuses)}.");
    }

    private static async Task<IResult> CreateAsync(HttpContext http, SegmentJobService service, JsonBody body)
    {
        SandboxScope scope = Caller.Scope(http);
        IReadOnlyList<string>? segments = Segments(await body.ReadAsync(http));
        var request = new NewSegmentJob(segments, "api", http.TraceIdentifier, http.Request.Headers["x-profile-instance-id"].FirstOrDefault(), null);
        return Results.Json(SegmentJobDocument.For(scope, await service.CreateAsync(scope, request, http.RequestAborted)));
    }

    // An array of segments, or an object that holds one; "*" alone is all of them.
    private static IReadOnlyList<string>? Segments(JsonNode? body)
    {
        JsonArray? list = body as JsonArray;
        if (body is JsonObject fields)
        {
            string schema = fields.Object("schema")?.Text("name") ?? "_xdm.context.profile";
            if (schema != "_xdm.context.profile") throw JsonFields.WrongValue("schema.name", "must be '_xdm.context.profile'");
            list = fields.Array("segments") ?? throw JsonFields.Missing("segments");
        }

        if (list is null) throw new RequestRefusedException(400, "request.body", "The body must be an array of objects with a segmentId.");
        string[] ids = [.. list.Select(item => (item as JsonObject ?? throw JsonFields.WrongType("segments", "an array of objects")).RequiredText("segmentId"))];
        return ids is ["*"] ? null : ids;
    }

    private static async Task<IResult> ListAsync(HttpContext http, SegmentJobService service)
    {
        IQueryCollection query = http.Request.Query;
        Paging paging = Paging.Read(query);
        SandboxScope scope = Caller.Scope(http);
        bool descending = query.Text("sort") switch
        {
            null or "creationTime" or "creationTime:desc" or "updateTime" or "updateTime:desc" => true,
            "creationTime:asc" or "updateTime:asc" => false,
            _ => throw new RequestRefusedException(400, "request.query", "The query parameter 'sort' must be creationTime:asc or creationTime:desc."),
        };
        JobPage<SegmentJob> found = await service.ListAsync(
            scope, new JobListing(paging.Skip, paging.Limit, Status(query), Segment(query), descending), http.RequestAborted);
        return Results.Json(paging.Envelope(found.Items.Select(j => SegmentJobDocument.For(scope, j)), found.TotalCount));
    }

    private static string? Segment(IQueryCollection query)
    {
        const string prefix = "segments~segmentId==";
        if (query.Text("property") is not { } property) return null;
        return property.StartsWith(prefix, StringComparison.Ordinal)
            ? property[prefix.Length..]
            : throw new RequestRefusedException(400, "request.query", $"The query parameter 'property' must be '{prefix}' and an id.");
    }

    private static async Task<IResult> BulkGetAsync(HttpContext http, SegmentJobService service, JsonBody body)
    {
        IReadOnlyList<string> ids = BulkIds.Read(await body.ReadAsync(http));
        if (ids.Count is 0 or > 100) throw new RequestRefusedException(400, "UPAPI-113015-400", "The number of requested IDs is invalid. Cannot be 0 or exceed 100.");
        SandboxScope scope = Caller.Scope(http);
        var results = new JsonObject();
        foreach (string id in ids)
        {
            try
            {
                results[id] = SegmentJobDocument.For(scope, await service.GetAsync(scope, id, http.RequestAborted));
            }
            catch (RequestRefusedException refusal) when (refusal.Status == 404)
            {
                // Unknown ids are left out; only if nothing is left is the request refused.
            }
        }

        if (results.Count == 0) throw new RequestRefusedException(404, "UPAPI-113000-404", $"The entity {string.Join(",", ids)} is not found.");
        return Results.Json(new JsonObject { ["results"] = results }, statusCode: 207);
    }
}
