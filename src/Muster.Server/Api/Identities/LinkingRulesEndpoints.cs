using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services.Identities;
using Muster.Storage.Identity;

namespace Muster.Server.Api.Identities;

/// <summary>The rules of linking of a sandbox. AEP has them in its interface only; the paths are ours.</summary>
internal static class LinkingRulesEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/muster/identity/rules").WithTags("Identity");
        group.MapGet("/", async (HttpContext http, LinkingRulesService service) => Answer(await service.GetAsync(Caller.Scope(http))));
        group.MapPut("/", async (HttpContext http, LinkingRulesService service, JsonBody body) =>
            Answer(await service.SetAsync(Caller.Scope(http), await body.ObjectAsync(http), http.RequestAborted)));
    }

    private static IResult Answer(LinkingRules rules) => Results.Json(new JsonObject
    {
        ["uniqueNamespaces"] = Texts(rules.UniqueNamespaces),
        ["priority"] = Texts(rules.Priority),
    });

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
