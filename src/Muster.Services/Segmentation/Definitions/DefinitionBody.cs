using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Services.Requests;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Segmentation.Definitions;

/// <summary>What a client may write of a definition.</summary>
/// <param name="Name">Unique in the sandbox.</param>
/// <param name="Description">For people; null if none.</param>
/// <param name="Format"><c>pql/text</c> or <c>pql/json</c>.</param>
/// <param name="Value">The query.</param>
/// <param name="Schema">JSON object with name or id.</param>
/// <param name="MergePolicyId">Null: the sandbox's default.</param>
/// <param name="Evaluation">The flag that is to be true.</param>
/// <param name="Extra">Everything else, served back verbatim.</param>
internal sealed record DefinitionBody(
    string Name, string? Description, string Format, string Value, string Schema, string? MergePolicyId, string Evaluation, string Extra)
{
    private const string ProfileClass = "_xdm.context.profile";

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "name", "description", "expression", "schema", "mergePolicyId", "evaluationInfo",
        // Only the server writes these.
        "id", "imsOrgId", "sandbox", "creationTime", "updateTime", "updateEpoch", "createEpoch", "baselineTime", "version",
        "dependencies", "dependents", "type", "_links", "_etag",
    };

    public static DefinitionBody Read(JsonObject body)
    {
        string name = body.RequiredText("name");
        (string format, string value) = Expression(body.RequiredObject("expression"));
        JsonObject schema = body.RequiredObject("schema");
        string schemaName = schema.Text("name") ?? schema.Text("id") ?? throw JsonFields.Missing("schema.name");
        if (schemaName != ProfileClass && !schemaName.Contains("context/profile", StringComparison.Ordinal))
            throw JsonFields.WrongValue("schema.name", $"must be '{ProfileClass}'; segments select profiles");
        var extra = new JsonObject();
        foreach ((string key, JsonNode? item) in body)
            if (item is not null && !Known.Contains(key)) extra[key] = item.DeepClone();
        return new DefinitionBody(
            name, body.Text("description"), format, value, schema.ToJsonString(), body.Text("mergePolicyId"),
            Requested(body.Object("evaluationInfo")), extra.ToJsonString());
    }

    /// <summary>The body that a client would have sent to make the definition as it is.</summary>
    public static JsonObject Of(SegmentDefinition definition)
    {
        JsonObject body = JsonNode.Parse(definition.Extra)!.AsObject();
        body["name"] = definition.Name;
        body["description"] = definition.Description;
        body["expression"] = new JsonObject
        {
            ["type"] = definition.ExpressionType,
            ["format"] = definition.ExpressionFormat,
            ["value"] = definition.ExpressionValue,
        };
        body["schema"] = JsonNode.Parse(definition.Schema);
        body["mergePolicyId"] = definition.MergePolicyId;
        body["evaluationInfo"] = new JsonObject { [definition.Evaluation] = new JsonObject { ["enabled"] = true } };
        return body;
    }

    /// <summary>True if people who opted out may be members: only if the definition says so.</summary>
    public static bool IncludesOptedOut(SegmentDefinition definition) =>
        JsonNode.Parse(definition.Extra)!.AsObject().Object("dataGovernancePolicy")?.Flag("excludeOptOut") == false;

    public static (string Format, string Value) Expression(JsonObject expression)
    {
        string type = expression.Text("type") ?? "PQL";
        if (!type.Equals("PQL", StringComparison.OrdinalIgnoreCase)) throw JsonFields.WrongValue("expression.type", "must be 'PQL'");
        string format = (expression.Text("format") ?? throw JsonFields.Missing("expression.format")).ToLowerInvariant();
        if (format is not ("pql/text" or "pql/json")) throw JsonFields.WrongValue("expression.format", "must be 'pql/text' or 'pql/json'");
        if (expression["value"] is not { } value) throw JsonFields.Missing("expression.value");
        // The tree is documented as a string that holds JSON, but some clients send the JSON itself.
        if (format == "pql/json" && value is JsonObject) return (format, value.ToJsonString());
        if (value.GetValueKind() != JsonValueKind.String) throw JsonFields.WrongType("expression.value", "a string");
        return (format, value.GetValue<string>());
    }

    private static string Requested(JsonObject? evaluation)
    {
        if (evaluation is null) return "batch";
        bool Asked(string kind) => evaluation.Object(kind)?.Flag("enabled") ?? false;
        bool batch = Asked("batch");
        if (Asked("synchronous")) return "synchronous";
        return Asked("continuous") && !batch ? "continuous" : "batch";
    }
}
