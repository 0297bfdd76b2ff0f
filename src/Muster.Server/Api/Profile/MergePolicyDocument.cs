using System.Text.Json.Nodes;
using Muster.Services.MergePolicies;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Profile;

/// <summary>A merge policy as clients see it.</summary>
internal static class MergePolicyDocument
{
    public static JsonObject For(SandboxScope scope, MergePolicy policy)
    {
        var merge = new JsonObject { ["type"] = policy.AttributeMergeType };
        if (policy.AttributeMergeType == MergePolicyMethod.DataSetPrecedence) merge["order"] = JsonNode.Parse(policy.AttributeMergeOrder);
        if (policy.TimestampField is { } field) merge["timestampField"] = field;
        return new JsonObject
        {
            ["id"] = policy.Id,
            ["name"] = policy.Name,
            ["imsOrgId"] = scope.OrganizationId,
            ["sandbox"] = SandboxReference.For(scope),
            ["schema"] = new JsonObject { ["name"] = policy.SchemaName },
            ["version"] = policy.Version,
            ["identityGraph"] = new JsonObject { ["type"] = policy.IdentityGraphType },
            ["attributeMerge"] = merge,
            ["isActiveOnEdge"] = policy.IsActiveOnEdge,
            ["default"] = policy.IsDefault,
            ["updateEpoch"] = policy.UpdatedAt / 1000,
        };
    }
}
