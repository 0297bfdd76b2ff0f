using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>Puts the flat columns of a run back into nested JSON.</summary>
internal static class NestedJson
{
    /// <summary>SQL for the object of a type as a STRUCT, from columns named by dotted paths.</summary>
    public static string Struct(DataType type, string prefix = "") => "{" + string.Join(", ", type.Fields.Where(HasColumns).Select(f =>
        $"{SqlText.Literal(f.Name)}: {(f.Type.Kind == TypeKind.Object ? Struct(f.Type, prefix + f.Name + ".") : SqlText.Identifier(prefix + f.Name))}")) + "}";

    /// <summary>As <see cref="Struct"/>, of a run's events.</summary>
    public static string EventStruct(RunFile run) => "{" + string.Join(", ", run.EventType.Fields.Where(HasColumns).Select(f =>
        $"{SqlText.Literal(f.Name)}: {(f.Type.Kind == TypeKind.Object ? Struct(f.Type, f.Name + ".") : EventIdentities.Column(f.Name, run))}")) + "}";

    /// <summary>False for objects that have no fields at any depth: there is no column of them.</summary>
    public static bool HasColumns(Field field) => field.Type.Kind != TypeKind.Object || field.Type.Fields.Any(HasColumns);

    /// <summary>DuckDB's JSON of that STRUCT as XDM has it: no nulls, no empty objects and lists, instants in ISO form.</summary>
    public static JsonObject Read(string json, DataType type)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return (JsonObject?)Read(document.RootElement, type) ?? [];
    }

    /// <summary>An instant in ISO form, in UTC, with milliseconds where there are any.</summary>
    public static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString(time.Millisecond == 0 ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static JsonNode? Read(JsonElement element, DataType type)
    {
        if (element.ValueKind == JsonValueKind.Null) return null;
        switch (type.Kind)
        {
            case TypeKind.Object:
                var entity = new JsonObject();
                foreach (Field field in type.Fields)
                    if (element.TryGetProperty(field.Name, out JsonElement value) && Read(value, field.Type) is { } node) entity.Add(field.Name, node);
                return entity.Count > 0 ? entity : null;
            case TypeKind.Map:
                var map = new JsonObject();
                foreach (JsonProperty entry in element.EnumerateObject())
                    if (Read(entry.Value, type.Element!) is { } node) map[entry.Name] = node;
                return map.Count > 0 ? map : null;
            case TypeKind.Array:
                // A null in a list keeps its place: positions mean something.
                var list = new JsonArray();
                foreach (JsonElement item in element.EnumerateArray()) list.Add(Read(item, type.Element!));
                return list.Count > 0 ? list : null;
            case TypeKind.Timestamp:
                string text = element.GetString()!;
                return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? Instant(time) : text;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
