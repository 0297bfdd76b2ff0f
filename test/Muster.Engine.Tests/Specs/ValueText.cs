using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Engine.Values;
using Muster.Pql.Types;

namespace Muster.Engine.Tests.Specs;

/// <summary>Values as specs write them: JSON without blanks; times are texts.</summary>
internal static class ValueText
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(object? value) => Node(value)?.ToJsonString(Options) ?? "null";

    /// <summary>The same text for JSON that is written otherwise.</summary>
    public static string Canonical(string json) => JsonNode.Parse(json)?.ToJsonString(Options) ?? "null";

    private static JsonNode? Node(object? value)
    {
        switch (value)
        {
            case null: return null;
            case bool truth: return truth;
            case long whole: return whole;
            case double number: return number;
            case IReadOnlyList<object?> array: return new JsonArray(array.Select(Node).ToArray());
            case ObjectValue fields: return new JsonObject(fields.Fields.Select(f => KeyValuePair.Create(f.Key, Node(f.Value))));
            case MapValue map: return new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key, Node(e.Value))));
            default: return (string?)Conversion.To(DataType.String, value);
        }
    }
}
