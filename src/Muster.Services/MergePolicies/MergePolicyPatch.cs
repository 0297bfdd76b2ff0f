using System.Text.Json.Nodes;
using Muster.Services.Requests;

namespace Muster.Services.MergePolicies;

/// <summary>
/// A change of single fields: one operation or an array of them, each <c>{op: "add", path, value}</c>. Paths are dotted inside one segment
/// (<c>/identityGraph.type</c>) or as in RFC 6901 (<c>/identityGraph/type</c>).
/// </summary>
internal static class MergePolicyPatch
{
    private static readonly string[] Known =
        ["name", "schema", "identityGraph", "attributeMerge", "isActiveOnEdge", "default", "version"];

    /// <summary>The body with the changes.</summary>
    /// <exception cref="RequestRefusedException">400.</exception>
    public static JsonObject Apply(JsonObject body, JsonNode? patch)
    {
        JsonArray operations = patch switch
        {
            JsonArray array => array,
            JsonObject single => [single.DeepClone()],
            _ => throw new RequestRefusedException(400, "request.body", "The body must be an operation {op, path, value} or an array of them."),
        };
        if (operations.Count == 0) throw new RequestRefusedException(400, "request.body", "The body has no operation.");
        foreach (JsonNode? item in operations) Apply(body, item as JsonObject ?? throw Refuse("every operation must be an object"));
        return body;
    }

    private static void Apply(JsonObject body, JsonObject operation)
    {
        string name = operation.RequiredText("op");
        if (name is not ("add" or "replace")) throw Refuse($"'{name}' is not supported, only 'add' is");
        string path = operation.RequiredText("path");
        string[] segments = [.. path.TrimStart('/').Split('/', '.')
            .Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
        // A misprint of the published contract.
        if (segments[0] == "idActiveOnEdge") segments[0] = "isActiveOnEdge";
        if (segments.Length > 2 || segments.Contains("") || !Known.Contains(segments[0])) throw Refuse($"a policy has no '{path}' that could be changed");
        if (!operation.TryGetPropertyValue("value", out JsonNode? value)) throw JsonFields.Missing("value");
        // The version counts changes by itself; a client that sends it means no other change.
        if (segments[0] == "version") return;
        JsonObject parent = body;
        if (segments.Length == 2)
        {
            if (body[segments[0]] is not JsonObject inner) throw Refuse($"'{segments[0]}' is no object");
            parent = inner;
        }

        parent[segments[^1]] = value?.DeepClone();
    }

    private static RequestRefusedException Refuse(string why) => new(400, "patch.invalid", $"The patch cannot be applied: {why}.");
}
