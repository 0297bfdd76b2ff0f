using System.Text.Json.Nodes;
using Muster.Services.Tenancy;

namespace Muster.Server.Api;

/// <summary>The object <c>sandbox</c> that resources of the profile and segmentation APIs carry.</summary>
internal static class SandboxReference
{
    public static JsonObject For(SandboxScope scope) => new()
    {
        ["sandboxId"] = scope.SandboxId,
        ["sandboxName"] = scope.SandboxName,
        ["type"] = scope.SandboxType,
        ["default"] = scope.IsDefault,
    };
}
