using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muster.Services.Requests;

/// <summary>Reads the fields of a request body; a field of the wrong type is refused by its name. A JSON null counts as absent.</summary>
public static class JsonFields
{
    /// <summary>The text of a field, or null if it is absent.</summary>
    public static string? Text(this JsonObject body, string name) => Value(body, name, JsonValueKind.String, "a string")?.GetValue<string>();

    /// <summary>The text of a field that must be there and hold more than blanks.</summary>
    public static string RequiredText(this JsonObject body, string name)
    {
        string? text = body.Text(name);
        return string.IsNullOrWhiteSpace(text) ? throw Missing(name) : text;
    }

    /// <summary>The truth value of a field, or null if it is absent.</summary>
    public static bool? Flag(this JsonObject body, string name)
    {
        if (body[name] is not { } node) return null;
        return node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw WrongType(name, "a boolean"),
        };
    }

    /// <summary>The 32-bit integer of a field, or null if it is absent.</summary>
    public static int? Integer(this JsonObject body, string name)
    {
        if (body[name] is not { } node) return null;
        return node.GetValueKind() == JsonValueKind.Number && node.AsValue().TryGetValue(out int number)
            ? number
            : throw WrongType(name, "an integer");
    }

    /// <summary>The object of a field, or null if it is absent.</summary>
    public static JsonObject? Object(this JsonObject body, string name)
    {
        if (body[name] is not { } node) return null;
        return node as JsonObject ?? throw WrongType(name, "an object");
    }

    /// <summary>The object of a field that must be there.</summary>
    public static JsonObject RequiredObject(this JsonObject body, string name) => body.Object(name) ?? throw Missing(name);

    /// <summary>The array of a field, or null if it is absent.</summary>
    public static JsonArray? Array(this JsonObject body, string name)
    {
        if (body[name] is not { } node) return null;
        return node as JsonArray ?? throw WrongType(name, "an array");
    }

    /// <summary>The texts of a field that is an array of strings, or null if it is absent.</summary>
    public static IReadOnlyList<string>? Texts(this JsonObject body, string name)
    {
        if (body.Array(name) is not { } array) return null;
        return [.. array.Select(item => item?.GetValueKind() == JsonValueKind.String ? item.GetValue<string>() : throw WrongType(name, "an array of strings"))];
    }

    /// <summary>The body as an object.</summary>
    public static JsonObject AsObject(JsonNode? body) =>
        body as JsonObject ?? throw new RequestRefusedException(400, "request.body", "The body must be a JSON object.");

    /// <summary>The refusal of a request that lacks a field.</summary>
    public static RequestRefusedException Missing(string name) => new(400, "request.missingField", $"The field '{name}' is missing.");

    /// <summary>The refusal of a field of the wrong type.</summary>
    public static RequestRefusedException WrongType(string name, string wanted) => new(400, "request.wrongType", $"The field '{name}' must be {wanted}.");

    /// <summary>The refusal of a field whose value is none of those that are allowed.</summary>
    public static RequestRefusedException WrongValue(string name, string reason) => new(400, "request.wrongValue", $"The field '{name}' {reason}.");

    private static JsonNode? Value(JsonObject body, string name, JsonValueKind kind, string wanted)
    {
        if (body[name] is not { } node) return null;
        return node.GetValueKind() == kind ? node : throw WrongType(name, wanted);
    }
}
