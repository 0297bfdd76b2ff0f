using System.Text;
using System.Text.Json;
using Muster.Pql.Types;

namespace Muster.Storage.Lake;

/// <summary>
/// Reads the JSON of a <see cref="RecordMapping"/> and refuses what has no meaning, so that no misspelt key is passed over.
/// </summary>
internal static class RecordMappingReader
{
    private static readonly string[] s_states = ["ambiguous", "authenticated", "loggedOut"];

    public static RecordMapping Read(ReadOnlySpan<byte> json)
    {
        if (json.StartsWith(Encoding.UTF8.Preamble)) json = json[3..];
        try
        {
            using JsonDocument document = JsonDocument.Parse(json.ToArray());
            JsonElement root = ObjectOf(document.RootElement, "The mapping", "fields", "identities");
            MappedField[] fields = [.. ItemsOf(root, "fields").Select((item, i) => ReadField(item, $"fields[{i}]"))];
            MappedIdentity[] identities = [.. ItemsOf(root, "identities").Select((item, i) => ReadIdentity(item, $"identities[{i}]"))];
            if (fields.Length + identities.Length == 0) throw new FormatException("The mapping has neither fields nor identities.");
            if (identities.Count(i => i.Primary) > 1) throw new FormatException("More than one identity of the mapping is primary.");
            var mapping = new RecordMapping(fields, identities);
            _ = MappingTree.Of(mapping);
            return mapping;
        }
        catch (JsonException e)
        {
            throw new FormatException($"The mapping is not JSON (line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}).", e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("A text of the mapping has half a surrogate pair.", e);
        }
    }

    private static MappedField ReadField(JsonElement item, string place)
    {
        ObjectOf(item, place, "source", "constant", "rowId", "target", "type", "format");
        string target = TextOf(item, "target", place) ?? throw new FormatException($"{place} has no 'target'.");
        string? source = TextOf(item, "source", place);
        string? constant = ConstantOf(item, place);
        string? rowId = TextOf(item, "rowId", place, mayBeEmpty: true);
        if (new[] { source, constant, rowId }.Count(v => v is not null) != 1)
            throw new FormatException($"{place} must have one of 'source', 'constant' and 'rowId'.");
        string? format = TextOf(item, "format", place);
        DataType? type = TypeOf(TextOf(item, "type", place), place);
        if (format is not null)
        {
            if (source is null) throw new FormatException($"{place} has a 'format', which only a column can have.");
            type ??= DataType.Timestamp;
            if (!type.IsTemporal) throw new FormatException($"{place} has a 'format', which only a date or date-time can have.");
            if (!DateFormat.IsUsable(format)) throw new FormatException($"{place} has the 'format' '{format}', which is no date format.");
        }

        return new MappedField(target, source, constant, type, format) { RowId = rowId };
    }

    private static MappedIdentity ReadIdentity(JsonElement item, string place)
    {
        ObjectOf(item, place, "source", "namespace", "primary", "authenticatedState");
        string source = TextOf(item, "source", place) ?? throw new FormatException($"{place} has no 'source'.");
        string code = TextOf(item, "namespace", place) ?? throw new FormatException($"{place} has no 'namespace'.");
        string? state = TextOf(item, "authenticatedState", place);
        if (state is not null && !s_states.Contains(state))
            throw new FormatException($"{place} has the 'authenticatedState' '{state}'; it is one of {string.Join(", ", s_states)}.");
        bool primary = false;
        if (item.TryGetProperty("primary", out JsonElement flag))
        {
            if (flag.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                throw new FormatException($"{place} has a 'primary' that is neither true nor false.");
            primary = flag.GetBoolean();
        }

        return new MappedIdentity(source, code, primary, state);
    }

    private static DataType? TypeOf(string? name, string place) => name switch
    {
        null => null,
        "string" => DataType.String,
        "integer" => DataType.Integer,
        "number" => DataType.Double,
        "boolean" => DataType.Boolean,
        "date" => DataType.Date,
        "date-time" => DataType.Timestamp,
        _ => throw new FormatException($"{place} has the 'type' '{name}'; it is one of string, integer, number, boolean, date, date-time."),
    };

    private static JsonElement ObjectOf(JsonElement element, string place, params string[] keys)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new FormatException($"{place} is not a JSON object.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!keys.Contains(property.Name))
                throw new FormatException($"{place} has the key '{property.Name}'; known are {string.Join(", ", keys)}.");
            if (!seen.Add(property.Name)) throw new FormatException($"{place} has the key '{property.Name}' twice.");
        }

        return element;
    }

    private static JsonElement[] ItemsOf(JsonElement root, string key)
    {
        if (!root.TryGetProperty(key, out JsonElement items)) return [];
        return items.ValueKind == JsonValueKind.Array
            ? [.. items.EnumerateArray()]
            : throw new FormatException($"'{key}' of the mapping is not an array.");
    }

    private static string? TextOf(JsonElement item, string key, string place, bool mayBeEmpty = false)
    {
        if (!item.TryGetProperty(key, out JsonElement value)) return null;
        if (value.ValueKind != JsonValueKind.String) throw new FormatException($"{place} has a '{key}' that is not a text.");
        string text = value.GetString()!;
        if (text.Length == 0 && !mayBeEmpty) throw new FormatException($"{place} has an empty '{key}'.");
        return text;
    }

    private static string? ConstantOf(JsonElement item, string place)
    {
        if (!item.TryGetProperty("constant", out JsonElement value)) return null;
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
            ? value.GetRawText()
            : throw new FormatException($"{place} has a 'constant' that is no text, number or boolean.");
    }
}
