using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.Identities;

namespace Muster.Server.Api.Identities;

/// <summary>The namespaces of the identity API.</summary>
internal static class NamespaceEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/core/idnamespace").WithTags("Identity");
        group.MapGet("/identities", ListAsync);
        group.MapGet("/orgs/{organization}/identities", async (string organization, HttpContext http, NamespaceService service) =>
            organization == Caller.Of(http).OrganizationId
                ? await ListAsync(http, service)
                : throw new RequestRefusedException(403, "namespace.organization", "The token is of another organization."));
        group.MapPost("/identities", async (HttpContext http, NamespaceService service, JsonBody body) =>
            Results.Json(Document(await service.CreateAsync(Caller.Scope(http), await body.ObjectAsync(http), http.RequestAborted))));
        group.MapGet("/identities/{id}", async (string id, HttpContext http, NamespaceService service) =>
            Results.Json(Document(await service.GetAsync(Caller.Of(http).OrganizationId, id, http.RequestAborted))));
        group.MapPut("/identities/{id}", async (string id, HttpContext http, NamespaceService service, JsonBody body) =>
            Results.Json(Document(await service.UpdateAsync(Caller.Of(http).OrganizationId, id, await body.ObjectAsync(http), http.RequestAborted))));
    }

    private static async Task<IResult> ListAsync(HttpContext http, NamespaceService service)
    {
        NamespaceBook book = await service.LoadAsync(Caller.Of(http).OrganizationId, http.RequestAborted);
        return Results.Json(new JsonArray([.. book.All.Select(n => (JsonNode)Document(n))]));
    }

    private static JsonObject Document(KnownNamespace known) => new()
    {
        ["updateTime"] = known.UpdatedAt,
        ["code"] = known.Code,
        ["status"] = "ACTIVE",
        ["description"] = known.Description,
        ["id"] = known.Id,
        ["createTime"] = known.CreatedAt,
        ["idType"] = known.Type,
        ["name"] = known.Name,
        ["custom"] = known.IsCustom,
    };
}
