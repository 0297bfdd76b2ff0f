using Microsoft.EntityFrameworkCore;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Export;

/// <summary>
/// Which merge policy governs an export: the one named, else the one that its own segments share, else the sandbox's default.
/// </summary>
internal static class ExportMergePolicy
{
    /// <summary>Chooses the policy.</summary>
    /// <exception cref="RequestRefusedException">400: unknown policy or version, or segments of different policies and none
    /// named.</exception>
    public static async Task<MergePolicy> ChooseAsync(ControlPlaneContext context, SandboxScope scope, ExportRequest request,
        CancellationToken cancellationToken)
    {
        List<MergePolicy> policies = await context.MergePolicies.AsNoTracking().Where(p => p.SandboxId == scope.SandboxId)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        if (request.MergePolicyId is { } named)
        {
            MergePolicy policy = policies.SingleOrDefault(p => p.Id == named)
                ?? throw new RequestRefusedException(400, "UPAPI-140005-400",
                    $"There is no merge policy '{named}' in this sandbox. List them with GET /config/mergePolicies.");
            if (request.MergePolicyVersion is { } version && (version < 1 || version > policy.Version))
                throw new RequestRefusedException(400, "UPAPI-140006-400",
                    $"Merge policy '{named}' has the versions 1 to {policy.Version}, not {version}.");
            return policy;
        }

        string[] own = request.Segments?.Where(s => s.IsOwn).Select(s => s.SegmentId).ToArray() ?? [];
        string[] used = await context.SegmentDefinitions.Where(d => d.SandboxId == scope.SandboxId && own.Contains(d.Id))
            .Select(d => d.MergePolicyId).Distinct().ToArrayAsync(cancellationToken).ConfigureAwait(false);
        if (used.Length > 1) throw new RequestRefusedException(400, "UPAPI-140007-400",
            "The segments have different merge policies. Name one in mergePolicy.id.");
        return policies.SingleOrDefault(p => used.Length == 1 ? p.Id == used[0] : p.IsDefault) ?? policies.Single(p => p.IsDefault);
    }
}
