using System.Text.Json;

namespace Muster.Services;

/// <summary>
/// Reads the parts of a JSON body and gathers everything that is missing or of a wrong type, so that a client sees all of it at once. A wrong
/// or missing object reads as an empty one. For one body; not thread-safe.
/// </summary>
public sealed class BodyReader
{
    private readonly List<RequestFinding> _findings = [];

    /// <summary>The element if it is an object.</summary>
    public JsonElement Object(JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.Object) return element;
        Wrong(name, "an object");
        return default;
    }

    /// <summary>A property that must be an object.</summary>
    public JsonElement RequiredObject(JsonElement parent, string name)
    {
        if (TryGet(parent, name, out JsonElement value)) return Object(value, name);
        Missing(name);
        return default;
    }

    /// <summary>A property that is an object if it is there.</summary>
    public JsonElement OptionalObject(JsonElement parent, string name) => TryGet(parent, name, out JsonElement value) ? Object(value, name) : default;

    /// <summary>A string; null if absent or of a wrong type.</summary>
    public string? Text(JsonElement parent, string name)
    {
        if (!TryGet(parent, name, out JsonElement value)) return null;
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        Wrong(name, "a string");
        return null;
    }

    /// <summary>An integer of 32 bits; null if absent or of a wrong type.</summary>
    public int? Integer(JsonElement parent, string name)
    {
        if (!TryGet(parent, name, out JsonElement value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)) return number;
        Wrong(name, "an integer");
        return null;
    }

    /// <summary>A number; null if absent or of a wrong type.</summary>
    public double? Number(JsonElement parent, string name)
    {
        if (!TryGet(parent, name, out JsonElement value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number)) return number;
        Wrong(name, "a number");
        return null;
    }

    /// <summary>A Boolean, also as the text true or false in any case; null if absent or of a wrong type.</summary>
    public bool? Boolean(JsonElement parent, string name)
    {
        if (!TryGet(parent, name, out JsonElement value)) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        if (value.ValueKind == JsonValueKind.String && bool.TryParse(value.GetString(), out bool parsed)) return parsed;
        Wrong(name, "true or false");
        return null;
    }

    /// <summary>Notes a missing field.</summary>
    /// <returns>The empty string, to stand for it until <see cref="ThrowIfAny"/>.</returns>
    public string Missing(string name)
    {
        _findings.Add(new RequestFinding("UPLIB-101206-500", $"The field '{name}' is missing."));
        return "";
    }

    /// <summary>Notes a field of a wrong type or value.</summary>
    public void Wrong(string name, string expected) => _findings.Add(new RequestFinding("UPLIB-101206-500", $"The field '{name}' must be {expected}."));

    /// <summary>Refuses the request if anything was noted.</summary>
    /// <exception cref="RequestRefusedException">400 with all findings.</exception>
    public void ThrowIfAny()
    {
        if (_findings.Count > 0) throw new RequestRefusedException(400, "UPLIB-101206-500", _findings[0].Message) { Findings = _findings };
    }

    private static bool TryGet(JsonElement parent, string name, out JsonElement value)
    {
        value = default;
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }
}
