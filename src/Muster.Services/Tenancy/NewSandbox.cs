using Muster.Storage.ControlPlane;

namespace Muster.Services.Tenancy;

/// <summary>A sandbox never exists without its default merge policy.</summary>
internal static class NewSandbox
{
    public static Sandbox Add(ControlPlaneContext context, string organizationId, string name, string title, string type, bool isDefault, long now)
    {
        var sandbox = new Sandbox
        {
            Id = Guid.CreateVersion7().ToString(),
            OrganizationId = organizationId,
            Name = name,
            Title = title,
            Type = type,
            IsDefault = isDefault,
            CreatedAt = now,
            UpdatedAt = now,
        };
        context.Sandboxes.Add(sandbox);
        context.MergePolicies.Add(new MergePolicy
        {
            Id = Guid.NewGuid().ToString(),
            SandboxId = sandbox.Id,
            Name = "Default Timebased",
            SchemaName = "_xdm.context.profile",
            IdentityGraphType = "pdg",
            AttributeMergeType = "timestampOrdered",
            IsDefault = true,
            CreatedAt = now,
            UpdatedAt = now,
        });
        return sandbox;
    }
}
