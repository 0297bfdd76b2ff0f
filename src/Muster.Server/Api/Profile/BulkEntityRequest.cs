using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Services.Entities;
using Muster.Services.Requests;

namespace Muster.Server.Api.Profile;

/// <summary>The body of a bulk request.</summary>
/// <param name="Body">As it came, with names in any case.</param>
/// <param name="IsEvents">Events, not profiles.</param>
/// <param name="MergePolicyId">Null for the default.</param>
/// <param name="Fields">Null for all.</param>
/// <param name="Identities">In the order of the request.</param>
internal sealed record BulkEntityRequest(
    JsonObject Body, bool IsEvents, string? MergePolicyId, IReadOnlyList<string>? Fields, IReadOnlyList<BulkIdentity> Identities)
{
    public static BulkEntityRequest Read(JsonObject body)
    {
        bool isEvents = EntityQuery.IsEvents(body.RequiredObject("schema").Text("name"), body.Object("relatedSchema")?.Text("name"));
        JsonArray items = body.Array("identities") ?? throw JsonFields.Missing("identities");
        if (items.Count is 0 or > EntityLimits.MaxIdentities)
            throw JsonFields.WrongValue("identities", $"must hold 1 to {EntityLimits.MaxIdentities} identities");
        IReadOnlyList<string>? fields = body.Texts("fields");
        EntityEventQuery? events = isEvents ? EventsOf(body, fields) : null;
        return new BulkEntityRequest(body, isEvents, body.Text("mergePolicyId"), fields, [.. items.Select(i => Identity(i, events))]);
    }

    /// <summary>The same request for the rest of one identity's events.</summary>
    public JsonObject Next(BulkIdentity identity, string cursor)
    {
        var payload = (JsonObject)Body.DeepClone();
        var one = (JsonObject)identity.Item.DeepClone();
        one["start"] = cursor;
        payload["identities"] = new JsonArray(one);
        return payload;
    }

    private static EntityEventQuery EventsOf(JsonObject body, IReadOnlyList<string>? fields)
    {
        JsonObject? time = body.Object("timeFilter");
        int limit = body.Integer("limit") ?? EntityLimits.MaxPage;
        if (limit is < 1 or > EntityLimits.MaxPage) throw JsonFields.WrongValue("limit", $"must be 1 to {EntityLimits.MaxPage}");
        return new EntityEventQuery(
            fields, Time(time, "startTime"), Time(time, "endTime"), EntityQuery.IsDescending(body.Text("orderby")), limit, null);
    }

    private static BulkIdentity Identity(JsonNode? node, EntityEventQuery? events)
    {
        JsonObject item = node as JsonObject ?? throw JsonFields.WrongType("identities", "an array of objects");
        if (events is null) return new BulkIdentity(item, Key(item, "entityId"), null);
        string? cursor = item.Text("start");
        if (cursor is not null) _ = EventCursor.Read(cursor, events.Descending);
        bool isRelated = item.Text("relatedEntityId") is not null || item.Text("entityId") is null;
        EntityKey key = Key(item, isRelated ? "relatedEntityId" : "entityId");
        return new BulkIdentity(item, key, events with { Cursor = cursor, EventId = isRelated ? item.Text("entityId") : null });
    }

    private static EntityKey Key(JsonObject item, string name) => new(item.RequiredText(name), item.Object(name + "NS")?.Text("code"));

    // Documented as milliseconds, but the documents' own samples are in seconds.
    private static long? Time(JsonObject? filter, string name)
    {
        if (filter?[name] is not { } node) return null;
        if (node.GetValueKind() != JsonValueKind.Number || !node.AsValue().TryGetValue(out long value) || value < 0)
            throw JsonFields.WrongType("timeFilter." + name, "milliseconds since 1970");
        return value < 100_000_000_000 ? value * 1000 : value;
    }
}

/// <summary>One identity of a bulk request.</summary>
/// <param name="Item">As it came.</param>
/// <param name="Key">The identity.</param>
/// <param name="Events">The events that are wanted; null for the profile.</param>
internal sealed record BulkIdentity(JsonObject Item, EntityKey Key, EntityEventQuery? Events)
{
    /// <summary>What the answer calls it.</summary>
    public string Xid => Key.Namespace is { } ns ? Services.Entities.Xid.Encode(ns, Key.Id) : Key.Id;
}
