using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Services.Entities;

namespace Muster.Server.Api.Profile;

/// <summary>Profiles and events as profile access shows them.</summary>
internal static class EntityJson
{
    public static JsonObject Profile(EntityDocument found) => new()
    {
        ["entityId"] = found.EntityId,
        ["mergePolicy"] = new JsonObject { ["id"] = found.MergePolicyId },
        ["sources"] = new JsonArray([.. found.Sources]),
        ["identityGraph"] = new JsonArray([.. found.IdentityGraph]),
        ["entity"] = found.Entity,
        ["lastModifiedAt"] = Iso(found.LastModifiedAt),
    };

    public static JsonObject Events(EntityEvents page, EntityEventQuery wanted, JsonObject links) => new()
    {
        ["_page"] = new JsonObject
        {
            ["orderby"] = wanted.Descending ? "-timestamp" : "timestamp",
            ["start"] = page.Events.Count > 0 ? page.Events[0].Id ?? "" : "",
            ["count"] = page.Events.Count,
            ["next"] = page.Next ?? "",
        },
        ["children"] = new JsonArray([.. page.Events.Select(e => (JsonNode)new JsonObject
        {
            ["relatedEntityId"] = page.RelatedEntityId,
            ["entityId"] = e.Id,
            ["timestamp"] = e.Timestamp,
            ["entity"] = e.Entity,
            ["lastModifiedAt"] = Iso(e.LastModifiedAt),
        })]),
        ["_links"] = links,
    };

    public static JsonObject NotFound(string xid) => new()
    {
        ["xid"] = xid,
        ["error"] = new JsonObject { ["message"] = "Nothing is known of this identity.", ["cause"] = "entity.unknown", ["statusCode"] = 404 },
    };

    /// <summary>The link of the next page has the cursor under both names that clients read.</summary>
    public static string NextHref(IQueryCollection query, string cursor)
    {
        IEnumerable<string> kept = query.Where(q => q.Key is not ("start" or "offsets"))
            .SelectMany(q => q.Value.Select(v => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(v ?? "")}"));
        string escaped = Uri.EscapeDataString(cursor);
        return "/entities?" + string.Join('&', kept.Prepend("offsets=" + escaped).Prepend("start=" + escaped));
    }

    private static string Iso(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
