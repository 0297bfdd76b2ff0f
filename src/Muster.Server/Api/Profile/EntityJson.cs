using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Services;
using Muster.Services.Entities;

namespace Muster.Server.Api.Profile;

/// <summary>Writes profiles and events as profile access shows them. Records go out as they are stored, without being read.</summary>
internal static class EntityJson
{
    public static void WriteProfile(Utf8JsonWriter writer, EntityDocument found)
    {
        writer.WriteStartObject();
        writer.WriteString("entityId"u8, found.EntityId);
        writer.WriteStartObject("mergePolicy"u8);
        writer.WriteString("id"u8, found.MergePolicyId);
        writer.WriteEndObject();
        WriteTexts(writer, "sources"u8, found.Sources);
        WriteTexts(writer, "identityGraph"u8, found.IdentityGraph);
        writer.WritePropertyName("entity"u8);
        writer.WriteRawValue(found.Json.Span, skipInputValidation: true);
        writer.WriteString("lastModifiedAt"u8, Iso(found.LastModifiedAt));
        writer.WriteEndObject();
    }

    /// <summary>What a bulk request gets for an identity of which nothing is known.</summary>
    public static void WriteNothing(Utf8JsonWriter writer, string xid)
    {
        writer.WriteStartObject();
        writer.WriteString("entityId"u8, xid);
        WriteTexts(writer, "sources"u8, [""]);
        writer.WriteStartObject("entity"u8);
        writer.WriteEndObject();
        writer.WriteString("lastModifiedAt"u8, Iso(0));
        writer.WriteEndObject();
    }

    /// <summary>A page of events.</summary>
    /// <param name="writer">Takes it.</param>
    /// <param name="page">The events.</param>
    /// <param name="descending">Their order.</param>
    /// <param name="href">The link to the next page; empty if this is the last.</param>
    /// <param name="payload">What a bulk client sends for the next page; null for none.</param>
    public static void WriteEvents(Utf8JsonWriter writer, EntityEvents page, bool descending, string href, JsonObject? payload = null)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("_page"u8);
        writer.WriteString("orderby"u8, descending ? "-timestamp" : "timestamp");
        writer.WriteString("start"u8, page.Events.Count > 0 ? page.Events[0].Id ?? "" : "");
        writer.WriteNumber("count"u8, page.Events.Count);
        writer.WriteString("next"u8, page.Next ?? "");
        writer.WriteEndObject();
        writer.WriteStartArray("children"u8);
        foreach (EntityEvent item in page.Events) WriteEvent(writer, item.RelatedEntityId ?? page.RelatedEntityId, item);
        writer.WriteEndArray();
        writer.WriteStartObject("_links"u8);
        writer.WriteStartObject("next"u8);
        writer.WriteString("href"u8, href);
        if (payload is not null)
        {
            writer.WritePropertyName("payload"u8);
            payload.WriteTo(writer);
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void WriteRefusal(Utf8JsonWriter writer, string xid, RequestRefusedException refusal)
    {
        writer.WriteStartObject();
        writer.WriteString("xid"u8, xid);
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, refusal.Message);
        writer.WriteString("cause"u8, refusal.Code);
        writer.WriteNumber("statusCode"u8, refusal.Status);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The link of the next page has the cursor under both names that clients read.</summary>
    public static string NextHref(IQueryCollection query, string cursor)
    {
        IEnumerable<string> kept = query
            .Where(q => q.Key.ToUpperInvariant() is not ("START" or "OFFSETS"))
            .SelectMany(q => q.Value.Select(v => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(v ?? "")}"));
        string escaped = Uri.EscapeDataString(cursor);
        return "/entities?" + string.Join('&', kept.Prepend("offsets=" + escaped).Prepend("start=" + escaped));
    }

    private static void WriteEvent(Utf8JsonWriter writer, string relatedEntityId, EntityEvent item)
    {
        writer.WriteStartObject();
        writer.WriteString("relatedEntityId"u8, relatedEntityId);
        writer.WriteString("entityId"u8, item.Id);
        if (item.Timestamp is { } time) writer.WriteNumber("timestamp"u8, time);
        else writer.WriteNull("timestamp"u8);
        writer.WritePropertyName("entity"u8);
        writer.WriteRawValue(item.Json.Span, skipInputValidation: true);
        writer.WriteString("lastModifiedAt"u8, Iso(item.LastModifiedAt));
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        for (int i = 0; i < texts.Count; i++) writer.WriteStringValue(texts[i]);
        writer.WriteEndArray();
    }

    private static string Iso(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
