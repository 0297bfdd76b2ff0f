using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Server.Api.Segmentation;
using Muster.Server.Authentication;
using Muster.Services.MergePolicies;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Profile;

/// <summary>The merge policies of the profile API.</summary>
internal static class MergePolicyEndpoints
{
    private static readonly string[] Kept =
        ["orderBy", "default", "isActiveOnEdge", "schema.name", "identityGraph.type", "attributeMerge.type", "version"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/core/ups/config/mergePolicies").WithTags("Profile");
        group.MapGet("/", ListAsync);
        group.MapPost("/", async (HttpContext http, MergePolicyService service, JsonBody body) =>
            Answer(http, await service.CreateAsync(Caller.Scope(http), await body.ObjectAsync(http), http.RequestAborted)));
        group.MapPost("/bulk-get", BulkGetAsync);
        group.MapGet("/{id}", async (string id, HttpContext http, MergePolicyService service) =>
            Answer(http, await service.GetAsync(Caller.Scope(http), id, http.RequestAborted)));
        group.MapPut("/{id}", async (string id, HttpContext http, MergePolicyService service, JsonBody body) =>
            Answer(http, await service.ReplaceAsync(Caller.Scope(http), id, await body.ObjectAsync(http), http.RequestAborted)));
        group.MapPatch("/{id}", async (string id, HttpContext http, MergePolicyService service, JsonBody body) =>
            Answer(http, await service.PatchAsync(Caller.Scope(http), id, await body.ReadAsync(http), http.RequestAborted)));
        group.MapDelete("/{id}", async (string id, HttpContext http, MergePolicyService service) =>
        {
            await service.DeleteAsync(Caller.Scope(http), id, http.RequestAborted);
            return Results.Ok();
        });
    }

    private static async Task<IResult> ListAsync(HttpContext http, MergePolicyService service)
    {
        IQueryCollection query = http.Request.Query;
        SandboxScope scope = Caller.Scope(http);
        int limit = query.PageSize(20);
        int start = query.Number("start", 0, 0, int.MaxValue);
        IReadOnlyList<MergePolicy> all = new MergePolicyQuery
        {
            IsDefault = query.Flag("default"),
            IsActiveOnEdge = query.Flag("isActiveOnEdge"),
            SchemaName = query.Text("schema.name"),
            IdentityGraphType = query.Text("identityGraph.type"),
            AttributeMergeType = query.Text("attributeMerge.type"),
            Version = query.Text("version") is null ? null : query.Number("version", 0, 1, int.MaxValue),
            OrderBy = query.Text("orderBy"),
        }.Run(await service.ListAsync(scope, http.RequestAborted));
        MergePolicy[] page = [.. all.Skip(start).Take(limit)];
        string? next = (long)start + page.Length < all.Count ? (start + page.Length).ToString(CultureInfo.InvariantCulture) : null;
        return Results.Json(new JsonObject
        {
            // Both published shapes at once: totalCount and pageSize, count and next.
            ["_page"] = new JsonObject { ["totalCount"] = all.Count, ["pageSize"] = page.Length, ["count"] = page.Length, ["next"] = next ?? "" },
            ["children"] = new JsonArray([.. page.Select(p => (JsonNode)MergePolicyDocument.For(scope, p))]),
            ["_links"] = new JsonObject { ["next"] = new JsonObject { ["href"] = next is null ? "" : Href(query, next, limit) } },
        });
    }

    private static async Task<IResult> BulkGetAsync(HttpContext http, MergePolicyService service, JsonBody body)
    {
        IReadOnlyList<string> ids = BulkIds.Read(await body.ReadAsync(http));
        SandboxScope scope = Caller.Scope(http);
        var results = new JsonObject();
        foreach (MergePolicy policy in await service.ListAsync(scope, http.RequestAborted))
            if (ids.Contains(policy.Id)) results[policy.Id] = MergePolicyDocument.For(scope, policy);
        return Results.Json(new JsonObject { ["results"] = results }, statusCode: 207);
    }

    private static string Href(IQueryCollection query, string start, int limit) => $"@/mergePolicies?start={start}"
        + string.Concat(Kept.Select(name => query.Text(name) is { } value ? $"&{name}={Uri.EscapeDataString(value)}" : ""))
        + FormattableString.Invariant($"&limit={limit}");

    private static IResult Answer(HttpContext http, MergePolicy policy) => Results.Json(MergePolicyDocument.For(Caller.Scope(http), policy));
}
