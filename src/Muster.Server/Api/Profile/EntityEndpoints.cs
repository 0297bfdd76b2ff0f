using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.Entities;
using Muster.Services.Requests;
using Muster.Services.Tenancy;

namespace Muster.Server.Api.Profile;

/// <summary>Profile access: profiles and their events by identity.</summary>
internal static class EntityEndpoints
{
    private const string EventClass = "_xdm.context.experienceevent";
    private const string ProfileClass = "_xdm.context.profile";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/core/ups/access/entities").WithTags("Profile");
        group.MapGet("/", GetAsync);
        group.MapPost("/", GetManyAsync);
    }

    private static async Task<IResult> GetAsync(HttpContext http, EntityService service)
    {
        IQueryCollection query = http.Request.Query;
        SandboxScope scope = Caller.Scope(http);
        bool events = IsEvents(query.Text("schema.name"), query.Text("relatedSchema.name"));
        string prefix = events ? "relatedEntityId" : "entityId";
        var key = new EntityKey(query.Text(prefix) ?? throw Missing(prefix), query.Text(prefix + "NS"));
        string[]? fields = query.Text("fields")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string? policy = query.Text("mergePolicyId");
        if (!events)
        {
            EntityDocument found = await service.GetProfileAsync(scope, key, fields, policy, http.RequestAborted) ?? throw Unknown();
            return Results.Json(new JsonObject { [found.EntityId] = EntityJson.Profile(found) });
        }

        if (query.Texts("property").Count > 0) throw new RequestRefusedException(400, "entity.property", "The query parameter 'property' is not supported.");
        string order = (query["orderby"].FirstOrDefault() ?? "").Trim();
        if (order is not ("" or "timestamp" or "+timestamp" or "-timestamp"))
            throw new RequestRefusedException(400, "request.query", "The query parameter 'orderby' must be +timestamp or -timestamp.");
        var wanted = new EntityEventQuery(
            fields, Time(query, "startTime"), Time(query, "endTime"), order.StartsWith('-'), query.Number("limit", 1000, 1, 1000), query.Text("start") ?? query.Text("offsets"));
        EntityEvents page = await service.GetEventsAsync(scope, key, wanted, policy, http.RequestAborted) ?? throw Unknown();
        string href = page.Next is null ? "" : EntityJson.NextHref(query, page.Next);
        return Results.Json(EntityJson.Events(page, wanted, new JsonObject { ["next"] = new JsonObject { ["href"] = href } }));
    }

    private static async Task<IResult> GetManyAsync(HttpContext http, EntityService service, JsonBody body)
    {
        JsonObject request = await body.ObjectAsync(http);
        SandboxScope scope = Caller.Scope(http);
        bool events = IsEvents(request.RequiredObject("schema").Text("name"), request.Object("relatedSchema")?.Text("name"));
        JsonArray identities = request.Array("identities") ?? throw JsonFields.Missing("identities");
        if (identities.Count is 0 or > 1000) throw JsonFields.WrongValue("identities", "must hold 1 to 1000 identities");
        IReadOnlyList<string>? fields = request.Texts("fields");
        string? policy = request.Text("mergePolicyId");
        var found = new JsonObject();
        var failed = new JsonArray();
        foreach (JsonNode? item in identities)
        {
            JsonObject identity = item as JsonObject ?? throw JsonFields.WrongType("identities", "an array of objects");
            string prefix = events ? "relatedEntityId" : "entityId";
            string id = identity.RequiredText(prefix);
            var key = new EntityKey(id, identity.Object(prefix + "NS")?.Text("code"));
            string xid = key.Namespace is { } ns ? Xid.Encode(ns, id) : id;
            if (events) await AddEventsAsync(service, scope, key, xid, request, identity, policy, found, failed, http.RequestAborted);
            else if (await service.GetProfileAsync(scope, key, fields, policy, http.RequestAborted) is { } profile) found[xid] = EntityJson.Profile(profile);
            else failed.Add(EntityJson.NotFound(xid));
        }

        if (failed.Count == 0) return Results.Json(found);
        if (found.Count == 0) throw Unknown();
        foreach ((string xid, JsonNode? entity) in found) failed.Add(new JsonObject { ["xid"] = xid, ["entity"] = entity?.DeepClone() });
        return Results.Json(failed, statusCode: 207);
    }

    private static async Task AddEventsAsync(
        EntityService service, SandboxScope scope, EntityKey key, string xid, JsonObject request, JsonObject identity, string? policy, JsonObject found,
        JsonArray failed, CancellationToken cancellationToken)
    {
        JsonObject? time = request.Object("timeFilter");
        var wanted = new EntityEventQuery(
            request.Texts("fields"), Time(time, "startTime"), Time(time, "endTime"), (request.Text("orderby") ?? "").TrimStart().StartsWith('-'),
            Limit(request), identity.Text("start"));
        if (await service.GetEventsAsync(scope, key, wanted, policy, cancellationToken) is not { } page)
        {
            failed.Add(EntityJson.NotFound(xid));
            return;
        }

        var next = new JsonObject { ["href"] = page.Next is null ? "" : "/entities" };
        if (page.Next is { } cursor)
        {
            var payload = (JsonObject)request.DeepClone();
            var one = (JsonObject)identity.DeepClone();
            one["start"] = cursor;
            payload["identities"] = new JsonArray(one);
            next["payload"] = payload;
        }

        found[xid] = EntityJson.Events(page, wanted, new JsonObject { ["next"] = next });
    }

    private static bool IsEvents(string? schema, string? related)
    {
        if (schema == ProfileClass) return false;
        if (schema is null) throw Missing("schema.name");
        if (schema != EventClass) throw new RequestRefusedException(400, "entity.schema", $"The schema '{schema}' is not supported: use '{ProfileClass}' or '{EventClass}'.");
        if (related != ProfileClass) throw new RequestRefusedException(400, "entity.schema", $"Events need relatedSchema.name '{ProfileClass}'.");
        return true;
    }

    private static int Limit(JsonObject request)
    {
        if (request["limit"] is not { } limit) return 1000;
        return limit.GetValueKind() == JsonValueKind.Number && limit.AsValue().TryGetValue(out int value) && value is >= 1 and <= 1000
            ? value : throw JsonFields.WrongValue("limit", "must be 1 to 1000");
    }

    private static long? Time(IQueryCollection query, string name)
    {
        if (query.Text(name) is not { } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value : throw new RequestRefusedException(400, "request.query", $"The query parameter '{name}' must be milliseconds since 1970.");
    }

    // Documented as milliseconds, but the documents' own samples are in seconds.
    private static long? Time(JsonObject? filter, string name)
    {
        if (filter?[name] is not { } node) return null;
        if (node.GetValueKind() != JsonValueKind.Number || !node.AsValue().TryGetValue(out long value) || value < 0)
            throw JsonFields.WrongType("timeFilter." + name, "milliseconds since 1970");
        return value < 100_000_000_000 ? value * 1000 : value;
    }

    private static RequestRefusedException Missing(string name) => new(400, "request.missingField", $"The query parameter '{name}' is missing.");

    private static RequestRefusedException Unknown() => new(404, "entity.unknown", "Nothing is known of this identity.");
}
