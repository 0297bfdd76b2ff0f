using System.Text.Json.Nodes;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Segmentation;

/// <summary>A segment definition as the API shows it.</summary>
internal static class DefinitionDocument
{
    public static JsonObject For(SandboxScope scope, SegmentDefinition definition)
    {
        var document = new JsonObject
        {
            ["id"] = definition.Id,
            ["schema"] = JsonNode.Parse(definition.Schema),
            ["profileInstanceId"] = "ups",
            ["imsOrgId"] = scope.OrganizationId,
            ["sandbox"] = SandboxReference.For(scope),
            ["name"] = definition.Name,
            ["description"] = definition.Description ?? "",
            ["expression"] = new JsonObject
            {
                ["type"] = definition.ExpressionType,
                ["format"] = definition.ExpressionFormat,
                ["value"] = definition.ExpressionValue,
            },
            ["mergePolicyId"] = definition.MergePolicyId,
            ["evaluationInfo"] = new JsonObject
            {
                ["batch"] = Enabled(definition, "batch"),
                ["continuous"] = Enabled(definition, "continuous"),
                ["synchronous"] = Enabled(definition, "synchronous"),
            },
            ["dataGovernancePolicy"] = new JsonObject { ["excludeOptOut"] = true },
            ["version"] = definition.Version,
            ["creationTime"] = definition.CreatedAt,
            ["updateEpoch"] = definition.UpdatedAt / 1000,
            ["updateTime"] = definition.UpdatedAt,
        };
        foreach ((string name, JsonNode? value) in JsonNode.Parse(definition.Extra)!.AsObject()) document[name] = value?.DeepClone();
        return document;
    }

    private static JsonObject Enabled(SegmentDefinition definition, string kind) => new() { ["enabled"] = definition.Evaluation == kind };
}
