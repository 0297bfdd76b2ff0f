using Muster.Services.Tenancy;

namespace Muster.Server.Authentication;

/// <summary>Who calls and in which world, as the gateway established it.</summary>
internal sealed record Caller(string ClientId, string OrganizationId, SandboxScope? Sandbox)
{
    public static Caller Of(HttpContext http) => http.Features.Get<Caller>() ?? throw new InvalidOperationException("This path has no caller.");

    public static SandboxScope Scope(HttpContext http) =>
        Of(http).Sandbox ?? throw new InvalidOperationException("This path has no sandbox.");
}
