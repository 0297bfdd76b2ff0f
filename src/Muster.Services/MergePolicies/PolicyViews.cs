using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Services.Work;
using Muster.Storage.ControlPlane;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.MergePolicies;

/// <summary>
/// Makes the profiles that the policies of a sandbox mean, in the background after a policy changed, so that the first use of it need not wait;
/// and lets go of those that no policy means any more.
/// </summary>
public sealed class PolicyViews(
    IDbContextFactory<ControlPlaneContext> contexts, SandboxStores stores, WorkLanes lanes, ILogger<PolicyViews> logger)
{
    /// <summary>Asks for it.</summary>
    public void Refresh(string sandboxId) =>
        // Each with an id of its own: one that runs now has read the policies as they were.
        lanes.TryAdd(Lane(sandboxId), Guid.NewGuid().ToString("N"), token => RefreshAsync(sandboxId, token));

    internal static string Lane(string sandboxId) => "views/" + sandboxId;

    private async Task RefreshAsync(string sandboxId, CancellationToken cancellationToken)
    {
        try
        {
            await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            List<MergePolicy> policies = await context.MergePolicies.AsNoTracking().Where(p => p.SandboxId == sandboxId)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            MergeMethod[] methods = [.. policies.Select(p => p.ToMergeMethod()).Distinct()];
            SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
            foreach (MergeMethod method in methods) await store.EnsureViewAsync(method, cancellationToken).ConfigureAwait(false);
            await store.DropViewsExceptAsync(methods, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The boundary of background work: whoever uses the policy first makes its profiles then.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(exception, "The profiles of the merge policies of sandbox {Sandbox} could not be made", sandboxId);
        }
#pragma warning restore CA1031
    }
}
