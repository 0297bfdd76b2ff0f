using Microsoft.EntityFrameworkCore;
using Muster.Services.MergePolicies;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;
using Muster.Storage.Profiles;

namespace Muster.Services.Entities;

/// <summary>Finds the merge policy of a request, from memory as long as the control plane has not changed. Thread-safe.</summary>
public sealed class EntityPolicies(IDbContextFactory<ControlPlaneContext> contexts, ControlPlaneChanges changes)
{
    private readonly ControlPlaneCache<string, EntityPolicy[]> _policies =
        new(changes, (sandbox, token) => LoadAsync(contexts, sandbox, token));

    /// <summary>The policy of an id; without one the default of the sandbox.</summary>
    /// <exception cref="RequestRefusedException">400: there is no such policy; 422: none is named and there is no default.</exception>
    public async ValueTask<EntityPolicy> FindAsync(SandboxScope scope, string? id, CancellationToken cancellationToken)
    {
        EntityPolicy[] policies = await _policies.GetAsync(scope.SandboxId, cancellationToken).ConfigureAwait(false);
        foreach (EntityPolicy policy in policies)
            if (id is null ? policy.IsDefault : policy.Id == id) return policy;
        if (id is null)
            throw new RequestRefusedException(422, "entity.noDefaultPolicy",
                "The sandbox has no default merge policy. Give mergePolicyId.");
        throw new RequestRefusedException(400, "entity.mergePolicy",
            $"There is no merge policy '{id}' in this sandbox. List them with GET /config/mergePolicies.");
    }

    private static async Task<EntityPolicy[]> LoadAsync(
        IDbContextFactory<ControlPlaneContext> contexts, string sandboxId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        List<MergePolicy> rows = await context.MergePolicies.AsNoTracking().Where(p => p.SandboxId == sandboxId)
            .OrderBy(p => p.CreatedAt).ThenBy(p => p.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(p => new EntityPolicy(p.Id, p.IsDefault, p.ToMergeMethod()))];
    }
}

/// <summary>A merge policy as entity access needs it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsDefault">True if it governs requests that name none.</param>
/// <param name="Method">How profiles are made.</param>
public sealed record EntityPolicy(string Id, bool IsDefault, MergeMethod Method);
