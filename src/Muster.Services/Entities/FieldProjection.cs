using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muster.Services.Entities;

/// <summary>
/// Keeps of a document only what some dotted paths name; a path that names an object keeps its whole subtree, and paths go through arrays.
/// </summary>
public sealed class FieldProjection
{
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, FieldProjection?> _parts = new(StringComparer.Ordinal);

    /// <summary>Makes a projection.</summary>
    /// <param name="paths">Dotted paths.</param>
    public FieldProjection(IEnumerable<string> paths)
    {
        foreach (string path in paths) Add(path.Split('.'), 0);
    }

    /// <summary>The projected copy of a document in UTF-8.</summary>
    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> document) =>
        JsonSerializer.SerializeToUtf8Bytes(Apply(JsonNode.Parse(document.Span)!.AsObject()), _json);

    /// <summary>The projected copy; objects and arrays that end up empty are left out.</summary>
    public JsonObject Apply(JsonObject source)
    {
        var result = new JsonObject();
        foreach ((string name, FieldProjection? deeper) in _parts)
        {
            if (!source.TryGetPropertyValue(name, out JsonNode? value) || value is null) continue;
            if (deeper is null) result[name] = value.DeepClone();
            else if (deeper.ApplyTo(value) is { } kept) result[name] = kept;
        }

        return result;
    }

    private JsonNode? ApplyTo(JsonNode value)
    {
        switch (value)
        {
            case JsonObject nested:
                JsonObject kept = Apply(nested);
                return kept.Count > 0 ? kept : null;
            case JsonArray items:
                JsonNode?[] all = items.Select(i => i is null ? null : ApplyTo(i)).Where(i => i is not null).ToArray();
                return all.Length > 0 ? new JsonArray(all) : null;
            default:
                return null;
        }
    }

    private void Add(string[] parts, int index)
    {
        string name = parts[index];
        if (index == parts.Length - 1)
        {
            _parts[name] = null;
            return;
        }

        if (_parts.TryGetValue(name, out FieldProjection? deeper) && deeper is null) return;
        if (deeper is null) _parts[name] = deeper = new FieldProjection([]);
        deeper.Add(parts, index + 1);
    }
}
