using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Muster.Services.Requests;
using Muster.Storage.ControlPlane;
using Muster.Storage.Profiles;

namespace Muster.Services.MergePolicies;

/// <summary>The part of a merge policy that clients write. What only the server writes is passed over: clients send back what they got.</summary>
internal sealed partial record MergePolicyBody(
    string Name, string SchemaName, string Graph, string Merge, IReadOnlyList<string> Order, string? TimestampField, bool IsActiveOnEdge,
    bool IsDefault)
{
    private const string ProfileClass = "_xdm.context.profile";

    /// <summary>Reads a body.</summary>
    /// <exception cref="RequestRefusedException">400.</exception>
    public static MergePolicyBody Read(JsonObject body)
    {
        string schema = body.RequiredObject("schema").RequiredText("name");
        if (schema != ProfileClass) throw JsonFields.WrongValue("schema.name", $"must be '{ProfileClass}': profiles of other classes are not kept");
        string graph = body.RequiredObject("identityGraph").RequiredText("type");
        if (graph is not (MergePolicyMethod.NoGraph or MergePolicyMethod.PrivateGraph))
            throw JsonFields.WrongValue("identityGraph.type", "must be 'none' or 'pdg'");
        JsonObject merge = body.RequiredObject("attributeMerge");
        string type = merge.Text("type") ?? MergePolicyMethod.TimestampOrdered;
        if (type is not (MergePolicyMethod.TimestampOrdered or MergePolicyMethod.DataSetPrecedence))
            throw JsonFields.WrongValue("attributeMerge.type", "must be 'timestampOrdered' or 'dataSetPrecedence'");
        // A list that is left from the other type means nothing, and is not kept to come back one day.
        IReadOnlyList<string> order = type == MergePolicyMethod.DataSetPrecedence ? merge.Texts("order") ?? [] : [];
        if (type == MergePolicyMethod.DataSetPrecedence && order.Count == 0)
            throw JsonFields.WrongValue("attributeMerge.order", "must list the datasets, the one that wins first");
        return new MergePolicyBody(
            body.Text("name")?.Trim() ?? "", schema, graph, type, order, Field(merge, type), Flag(body, "isActiveOnEdge"), Flag(body, "default"));
    }

    /// <summary>What a client could have sent to make the policy as it is.</summary>
    public static JsonObject Write(MergePolicy policy)
    {
        var merge = new JsonObject { ["type"] = policy.AttributeMergeType };
        if (policy.AttributeMergeType == MergePolicyMethod.DataSetPrecedence) merge["order"] = JsonNode.Parse(policy.AttributeMergeOrder);
        if (policy.TimestampField is { } field) merge["timestampField"] = field;
        return new JsonObject
        {
            ["name"] = policy.Name,
            ["schema"] = new JsonObject { ["name"] = policy.SchemaName },
            ["identityGraph"] = new JsonObject { ["type"] = policy.IdentityGraphType },
            ["attributeMerge"] = merge,
            ["isActiveOnEdge"] = policy.IsActiveOnEdge,
            ["default"] = policy.IsDefault,
        };
    }

    /// <summary>Writes it into a policy.</summary>
    public void ApplyTo(MergePolicy policy)
    {
        policy.Name = Name;
        policy.SchemaName = SchemaName;
        policy.IdentityGraphType = Graph;
        policy.AttributeMergeType = Merge;
        policy.AttributeMergeOrder = JsonSerializer.Serialize(Order);
        policy.TimestampField = TimestampField;
        policy.IsActiveOnEdge = IsActiveOnEdge;
        policy.IsDefault = IsDefault;
    }

    private static string? Field(JsonObject merge, string type)
    {
        if (merge.Text("timestampField") is not { } field || type != MergePolicyMethod.TimestampOrdered) return null;
        if (!Path().IsMatch(field))
            throw JsonFields.WrongValue("attributeMerge.timestampField", "must be a dotted path of a field, such as _acme.changedAt");
        return field == MergeMethod.StandardTimestampField ? null : field;
    }

    // The patches of AEP's own samples carry "true" as a text.
    private static bool Flag(JsonObject body, string name) =>
        body[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && bool.TryParse(value.GetValue<string>(), out bool parsed)
            ? parsed
            : body.Flag(name) ?? false;

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{N}_-]*(\.[\p{L}_][\p{L}\p{N}_-]*)*$")]
    private static partial Regex Path();
}
