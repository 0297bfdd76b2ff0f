using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Services.Requests;

namespace Muster.Server.Api.Segmentation;

/// <summary>The ids of a bulk request: <c>{"ids":[{"id":".."}]}</c>, or a bare array, with objects or plain strings.</summary>
internal static class BulkIds
{
    public static IReadOnlyList<string> Read(JsonNode? body)
    {
        JsonArray ids = body as JsonArray ?? JsonFields.AsObject(body).Array("ids") ?? throw JsonFields.Missing("ids");
        return [.. ids.Select(Id).Distinct()];
    }

    private static string Id(JsonNode? item) => item switch
    {
        JsonObject named => named.RequiredText("id"),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw JsonFields.WrongType("ids", "an array of objects with an id"),
    };
}
