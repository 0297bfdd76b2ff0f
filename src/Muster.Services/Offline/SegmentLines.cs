using System.Text.Json;
using Muster.Pql;

namespace Muster.Services.Offline;

/// <summary>Reads segments files: JSON Lines of <c>{"id","pql","format"?}</c>. A bad line is a value, so that the others still count.</summary>
public static class SegmentLines
{
    /// <summary>All lines that are not blank, in order. Ids must be distinct: a later line with an earlier id is faulty.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<SegmentLine> Read(string path)
    {
        var lines = new List<SegmentLine>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        int number = 0;
        foreach (string text in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(text)) continue;
            SegmentLine line = Parse(number, text);
            if (line is { Fault: null, Id: { } id } && !ids.Add(id)) line = line with { Fault = $"Line {number}: the id '{id}' has been used above." };
            lines.Add(line);
        }
        return lines;
    }

    /// <summary>One line; never throws.</summary>
    public static SegmentLine Parse(int number, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Parse(number, document.RootElement);
        }
        catch (JsonException fault)
        {
            return Faulty(number, null, $"it is not JSON (at byte {fault.BytePositionInLine})");
        }
        catch (ArgumentException)
        {
            return Faulty(number, null, "it is not JSON (it has half of a surrogate pair)");
        }
    }

    private static SegmentLine Parse(int number, JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object) return Faulty(number, null, "it is not a JSON object");
        if (!line.TryGetProperty("id", out JsonElement idValue) || IdOf(idValue) is not { Length: > 0 } id) return Faulty(number, null, "it has no \"id\"");
        if (!line.TryGetProperty("pql", out JsonElement pql)) return Faulty(number, id, "it has no \"pql\"");
        bool isTree = pql.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        if (!isTree && pql.ValueKind != JsonValueKind.String) return Faulty(number, id, "its \"pql\" is neither text nor a tree");
        string? format = line.TryGetProperty("format", out JsonElement named) && named.ValueKind != JsonValueKind.Null
            ? (named.ValueKind == JsonValueKind.String ? TextOf(named) : named.GetRawText()) ?? "?"
            : null;
        PqlFormat? known = format switch
        {
            null => isTree ? PqlFormat.Json : PqlFormat.Text,
            "pql/text" or "text" => PqlFormat.Text,
            "pql/json" or "json" => PqlFormat.Json,
            _ => null,
        };
        if (known is not { } form) return Faulty(number, id, $"its format '{format}' is neither pql/text nor pql/json");
        if (isTree) return new SegmentLine(number, id, pql.GetRawText(), form, null);
        return TextOf(pql) is { } query
            ? new SegmentLine(number, id, query, form, null)
            : Faulty(number, id, "its \"pql\" has an escape that is half of a surrogate pair");
    }

    // A number is as good an id as a string; what comes out says the same digits.
    private static string? IdOf(JsonElement id) => id.ValueKind switch
    {
        JsonValueKind.String => TextOf(id),
        JsonValueKind.Number => id.GetRawText(),
        _ => null,
    };

    // JSON may escape half of a surrogate pair, which is valid to parse and no text to read.
    private static string? TextOf(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static SegmentLine Faulty(int number, string? id, string why) => new(number, id, "", PqlFormat.Text, $"Line {number}: {why}.");
}
