using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Tenancy;

/// <summary>The merge policies of a sandbox.</summary>
/// <param name="database">The control plane.</param>
public sealed class MergePolicyService(IDbContextFactory<ControlPlaneContext> database)
{
    /// <summary>All policies of the sandbox; it has a handful.</summary>
    public async Task<IReadOnlyList<MergePolicy>> ListAsync(SandboxScope scope, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        return await context.MergePolicies.AsNoTracking().Where(p => p.SandboxId == scope.SandboxId)
            .OrderBy(p => p.CreatedAt).ThenBy(p => p.Id).ToListAsync(cancellationToken);
    }

    /// <summary>One policy.</summary>
    public async Task<MergePolicy> GetAsync(SandboxScope scope, string id, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        return await context.MergePolicies.AsNoTracking().SingleOrDefaultAsync(p => p.SandboxId == scope.SandboxId && p.Id == id, cancellationToken)
            ?? throw new RequestRefusedException(404, "mergePolicy.unknown", $"There is no merge policy '{id}' in this sandbox.");
    }
}
