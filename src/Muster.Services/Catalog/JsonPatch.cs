using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Services.Requests;

namespace Muster.Services.Catalog;

/// <summary>JSON Patch (RFC 6902) over a document: all operations or none. Missing parents of an <c>add</c> are made, as AEP's clients rely on.</summary>
public static class JsonPatch
{
    /// <summary>The patched copy.</summary>
    /// <exception cref="RequestRefusedException">An operation is malformed or cannot be done.</exception>
    public static JsonObject Apply(JsonObject document, JsonArray operations)
    {
        var copy = (JsonObject)document.DeepClone();
        foreach (JsonNode? item in operations)
        {
            JsonObject operation = item as JsonObject ?? throw Refuse("every operation must be an object");
            string name = operation.RequiredText("op");
            string[] path = Segments(operation.Text("path") ?? throw JsonFields.Missing("path"));
            switch (name)
            {
                case "add": Add(copy, path, Value(operation)); break;
                case "replace": Take(copy, path); Add(copy, path, Value(operation)); break;
                case "remove": Take(copy, path); break;
                case "test": Test(copy, path, Value(operation)); break;
                case "copy": Add(copy, path, Find(copy, From(operation))?.DeepClone()); break;
                case "move": Add(copy, path, Take(copy, From(operation))); break;
                default: throw Refuse($"'{name}' is not an operation");
            }
        }

        return copy;
    }

    private static string[] Segments(string pointer)
    {
        if (!pointer.StartsWith('/')) throw Refuse($"the path '{pointer}' must start with '/'");
        return [.. pointer[1..].Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static string[] From(JsonObject operation) => Segments(operation.RequiredText("from"));

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out JsonNode? value) ? value?.DeepClone() : throw JsonFields.Missing("value");

    private static void Test(JsonObject document, string[] path, JsonNode? expected)
    {
        if (!JsonNode.DeepEquals(Find(document, path), expected))
            throw new RequestRefusedException(409, "patch.testFailed", $"The value at '/{string.Join('/', path)}' is not the one that the test names.");
    }

    private static void Add(JsonObject document, string[] path, JsonNode? value)
    {
        JsonNode parent = document;
        foreach (string segment in path[..^1])
        {
            JsonNode? next = Child(parent, segment);
            if (next is null)
            {
                if (parent is not JsonObject fields) throw NotThere(path);
                fields[segment] = next = new JsonObject();
            }

            parent = next;
        }

        switch (parent)
        {
            case JsonObject fields: fields[path[^1]] = value; break;
            case JsonArray items when path[^1] == "-": items.Add(value); break;
            case JsonArray items: items.Insert(Index(items, path[^1], items.Count) ?? throw NotThere(path), value); break;
            default: throw NotThere(path);
        }
    }

    private static JsonNode? Take(JsonObject document, string[] path)
    {
        JsonNode? parent = path.Length == 1 ? document : Find(document, path[..^1]);
        if (parent is JsonObject fields && fields.TryGetPropertyValue(path[^1], out JsonNode? value))
        {
            fields.Remove(path[^1]);
            return value;
        }

        if (parent is JsonArray items && Index(items, path[^1], items.Count - 1) is { } index)
        {
            JsonNode? item = items[index];
            items.RemoveAt(index);
            return item;
        }

        throw NotThere(path);
    }

    private static JsonNode? Find(JsonObject document, string[] path)
    {
        JsonNode? node = document;
        foreach (string segment in path) node = (node is null ? null : Child(node, segment)) ?? throw NotThere(path);
        return node;
    }

    private static JsonNode? Child(JsonNode parent, string segment) => parent switch
    {
        JsonObject fields => fields[segment],
        JsonArray items => Index(items, segment, items.Count - 1) is { } index ? items[index] : null,
        _ => null,
    };

    private static int? Index(JsonArray items, string segment, int highest) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index <= highest && items.Count >= 0 ? index : null;

    private static RequestRefusedException NotThere(string[] path) => Refuse($"there is nothing at '/{string.Join('/', path)}'");

    private static RequestRefusedException Refuse(string reason) => new(400, "patch.invalid", $"The patch cannot be applied: {reason}.");
}
