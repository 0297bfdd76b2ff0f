using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Profile;

/// <summary>The merge policies of the profile API.</summary>
internal static class MergePolicyEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/core/ups/config/mergePolicies").WithTags("Profile");
        group.MapGet("/", ListAsync);
        group.MapGet("/{id}", async (string id, HttpContext http, MergePolicyService service) =>
            Results.Json(Document(Caller.Scope(http), await service.GetAsync(Caller.Scope(http), id, http.RequestAborted))));
    }

    private static async Task<IResult> ListAsync(HttpContext http, MergePolicyService service)
    {
        IQueryCollection query = http.Request.Query;
        SandboxScope scope = Caller.Scope(http);
        int limit = query.PageSize(20);
        int start = query.Number("start", 0, 0, int.MaxValue);
        IEnumerable<MergePolicy> found = await service.ListAsync(scope, http.RequestAborted);
        if (query.Flag("default") is { } isDefault) found = found.Where(p => p.IsDefault == isDefault);
        if (query.Flag("isActiveOnEdge") is { } onEdge) found = found.Where(p => p.IsActiveOnEdge == onEdge);
        if (query.Text("schema.name") is { } schema) found = found.Where(p => p.SchemaName == schema);
        if (query.Text("identityGraph.type") is { } graph) found = found.Where(p => p.IdentityGraphType == graph);
        if (query.Text("attributeMerge.type") is { } merge) found = found.Where(p => p.AttributeMergeType == merge);
        if (query.Text("orderBy") is { } order)
        {
            found = order.StartsWith('-')
                ? found.OrderByDescending(p => p.Name, StringComparer.Ordinal) : found.OrderBy(p => p.Name, StringComparer.Ordinal);
        }

        MergePolicy[] all = [.. found];
        MergePolicy[] page = [.. all.Skip(start).Take(limit)];
        string next = start + page.Length < all.Length ? FormattableString.Invariant($"@/mergePolicies?start={start + page.Length}&limit={limit}") : "";
        return Results.Json(new JsonObject
        {
            ["_page"] = new JsonObject { ["totalCount"] = all.Length, ["pageSize"] = page.Length },
            ["children"] = new JsonArray([.. page.Select(p => (JsonNode)Document(scope, p))]),
            ["_links"] = new JsonObject { ["next"] = new JsonObject { ["href"] = next } },
        });
    }

    private static JsonObject Document(SandboxScope scope, MergePolicy policy)
    {
        var merge = new JsonObject { ["type"] = policy.AttributeMergeType };
        if (policy.AttributeMergeType == "dataSetPrecedence") merge["order"] = JsonNode.Parse(policy.AttributeMergeOrder);
        return new JsonObject
        {
            ["id"] = policy.Id,
            ["name"] = policy.Name,
            ["imsOrgId"] = scope.OrganizationId,
            ["sandbox"] = SandboxReference.For(scope),
            ["schema"] = new JsonObject { ["name"] = policy.SchemaName },
            ["version"] = policy.Version,
            ["identityGraph"] = new JsonObject { ["type"] = policy.IdentityGraphType },
            ["attributeMerge"] = merge,
            ["isActiveOnEdge"] = policy.IsActiveOnEdge,
            ["default"] = policy.IsDefault,
            ["updateEpoch"] = policy.UpdatedAt / 1000,
        };
    }
}
