namespace Muster.Services.Tenancy;

/// <summary>The world that a request is bound to: made by authentication, taken by every service method, never by default.</summary>
/// <param name="OrganizationId">Echoed as <c>imsOrgId</c>.</param>
/// <param name="SandboxId">UUID.</param>
/// <param name="SandboxName">Such as <c>prod</c>.</param>
/// <param name="SandboxType"><c>production</c> or <c>development</c>.</param>
/// <param name="IsDefault">True for the organisation's first sandbox.</param>
public sealed record SandboxScope(string OrganizationId, string SandboxId, string SandboxName, string SandboxType, bool IsDefault);
