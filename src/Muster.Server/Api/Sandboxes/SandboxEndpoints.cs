using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Sandboxes;

/// <summary>The sandbox API. Its calls are bound to the organisation, not to a sandbox.</summary>
internal static class SandboxEndpoints
{
    private const string Base = "/data/foundation/sandbox-management";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup(Base).WithTags("Sandboxes");
        group.MapGet("/", (HttpContext http, SandboxService service) => ListAsync(http, service, includeDeleted: false));
        group.MapGet("/sandboxTypes", () => Results.Json(new JsonObject { ["sandboxTypes"] = new JsonArray([.. SandboxService.Types]) }));
        group.MapGet("/sandboxes", (HttpContext http, SandboxService service) => ListAsync(http, service, includeDeleted: true));
        group.MapPost("/sandboxes", async (HttpContext http, SandboxService service, JsonBody body) =>
            Results.Json(Document(
                await service.CreateAsync(Organization(http), await body.ObjectAsync(http), http.RequestAborted), Caller.Of(http)), statusCode: 202));
        group.MapGet("/sandboxes/{name}", async (string name, HttpContext http, SandboxService service) =>
            Results.Json(Document(await service.GetAsync(Organization(http), name, http.RequestAborted), Caller.Of(http))));
        group.MapPatch("/sandboxes/{name}", async (string name, HttpContext http, SandboxService service, JsonBody body) =>
            Results.Json(Document(
                await service.RenameAsync(Organization(http), name, await body.ObjectAsync(http), http.RequestAborted), Caller.Of(http))));
        group.MapDelete("/sandboxes/{name}", async (string name, HttpContext http, SandboxService service) =>
            Results.Json(Document(await service.DeleteAsync(Organization(http), name, http.RequestAborted), Caller.Of(http)), statusCode: 202));
    }

    private static async Task<IResult> ListAsync(HttpContext http, SandboxService service, bool includeDeleted)
    {
        IQueryCollection query = http.Request.Query;
        if (query.Text("limit") is null != query.Text("offset") is null)
            throw new RequestRefusedException(400, "request.query", "The query parameters 'limit' and 'offset' must be given together.");
        int limit = query.Number("limit", 50, 1, 1000);
        int offset = query.Number("offset", 0, 0, int.MaxValue);
        Caller caller = Caller.Of(http);
        (IReadOnlyList<Sandbox> page, int total) = await service.ListAsync(caller.OrganizationId, includeDeleted, offset, limit, http.RequestAborted);
        string url = $"{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}";
        var links = new JsonObject { ["page"] = new JsonObject { ["href"] = url + "?limit={limit}&offset={offset}", ["templated"] = true } };
        if ((long)offset + limit < total) links["next"] = Link($"{url}?limit={limit}&offset={offset + limit}");
        if (offset > 0) links["prev"] = Link($"{url}?limit={limit}&offset={Math.Max(0, offset - limit)}");
        return Results.Json(new JsonObject
        {
            ["sandboxes"] = new JsonArray([.. page.Select(s => (JsonNode)Document(s, caller))]),
            ["_page"] = new JsonObject { ["limit"] = limit, ["count"] = page.Count },
            ["_links"] = links,
        });
    }

    private static JsonObject Link(string href) => new() { ["href"] = href, ["templated"] = false };

    private static string Organization(HttpContext http) => Caller.Of(http).OrganizationId;

    private static JsonObject Document(Sandbox sandbox, Caller caller) => new()
    {
        ["id"] = sandbox.Id,
        ["name"] = sandbox.Name,
        ["title"] = sandbox.Title,
        ["state"] = sandbox.State,
        ["type"] = sandbox.Type,
        ["region"] = "LOCAL",
        ["isDefault"] = sandbox.IsDefault,
        ["eTag"] = sandbox.Version,
        ["createdDate"] = Text(sandbox.CreatedAt),
        ["lastModifiedDate"] = Text(sandbox.UpdatedAt),
        ["createdBy"] = caller.ClientId,
        ["modifiedBy"] = caller.ClientId,
    };

    private static string Text(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        .ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
}
