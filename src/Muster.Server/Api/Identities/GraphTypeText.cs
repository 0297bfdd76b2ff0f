using System.Text.Json.Nodes;
using Muster.Services;
using Muster.Storage.Profiles;

namespace Muster.Server.Api.Identities;

/// <summary>The graph that a request names, in all published spellings.</summary>
internal static class GraphTypeText
{
    private static readonly string[] _fields = ["graph-type", "graphType", "graph_type"];

    public static GraphType Read(IQueryCollection query) => Read(query.Text("graph-type"));

    /// <summary>That of a body; of an array, of its first object.</summary>
    public static GraphType Read(JsonNode? body)
    {
        JsonObject? fields = (body is JsonArray array ? array.FirstOrDefault() : body) as JsonObject;
        return Read(_fields.Select(f => fields?[f]?.ToString()).FirstOrDefault(t => t is not null));
    }

    private static GraphType Read(string? text) => text?.Trim().ToLowerInvariant() switch
    {
        null or "" or "pdg" or "private" or "private graph" => GraphType.Pdg,
        "none" => GraphType.None,
        "coop" or "psr" => throw new RequestRefusedException(
            403, "identity.graph", $"The organization is not provisioned for the graph-type {text}."),
        _ => throw AskedIdentity.Wrong($"The graph-type {text} specified is invalid. Valid values are None, Private Graph, pdg, private."),
    };
}
