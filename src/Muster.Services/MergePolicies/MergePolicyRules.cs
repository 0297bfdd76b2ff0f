using Microsoft.EntityFrameworkCore;
using Muster.Pql.Types;
using Muster.Services.Ingestion;
using Muster.Services.Requests;
using Muster.Services.Schemas;
using Muster.Storage.ControlPlane;

namespace Muster.Services.MergePolicies;

/// <summary>What holds between the policies of a sandbox and its datasets and segments. Inside a transaction of the caller.</summary>
internal static class MergePolicyRules
{
    /// <summary>The most policies of a sandbox.</summary>
    public const int MaximumPolicies = 5;

    private const int MaximumDatasetsOfAKind = 50;

    /// <summary>Refuses one policy too many.</summary>
    public static async Task RequireRoomAsync(ControlPlaneContext context, string sandboxId, CancellationToken cancellationToken)
    {
        if (await context.MergePolicies.CountAsync(p => p.SandboxId == sandboxId, cancellationToken).ConfigureAwait(false) >= MaximumPolicies)
            throw new RequestRefusedException(400, "mergePolicy.limit",
                $"A sandbox has at most {MaximumPolicies} merge policies. Change or delete one of them.");
    }

    /// <summary>Refuses datasets that are unknown, that do not feed profiles, that are named twice, or too many.</summary>
    public static async Task CheckDatasetsAsync(
        ControlPlaneContext context, string sandboxId, IReadOnlyList<string> order, CancellationToken cancellationToken)
    {
        if (order.Count == 0) return;
        if (order.Distinct(StringComparer.Ordinal).Count() < order.Count)
            throw JsonFields.WrongValue("attributeMerge.order", "names a dataset twice");
        Dictionary<string, Dataset> datasets = await context.Datasets.AsNoTracking()
            .Where(d => d.SandboxId == sandboxId && order.Contains(d.Id)).ToDictionaryAsync(d => d.Id, cancellationToken).ConfigureAwait(false);
        foreach (string id in order)
        {
            if (!datasets.TryGetValue(id, out Dataset? dataset))
                throw new RequestRefusedException(400, "dataset.unknown", $"There is no dataset '{id}' in this sandbox.");
            if (dataset.IsUnion || !ProfileEnablement.IsEnabled(dataset.Body))
                throw new RequestRefusedException(400, "mergePolicy.dataset",
                    $"The dataset '{id}' does not feed profiles. Enable it with its tag unifiedProfile, or leave it out.");
        }

        int events = order.Count(id => datasets[id].Behavior == "time-series");
        if (events > MaximumDatasetsOfAKind || order.Count - events > MaximumDatasetsOfAKind)
            throw JsonFields.WrongValue("attributeMerge.order",
                $"may name at most {MaximumDatasetsOfAKind} datasets of profile records and {MaximumDatasetsOfAKind} of events");
    }

    /// <summary>
    /// Refuses a field that is known and cannot say when: the policy would go by the time of ingestion without a word. A text may hold a date, and
    /// a field that is not known may come.
    /// </summary>
    public static async Task CheckTimestampFieldAsync(ControlPlaneContext context, string sandboxId, string? field, CancellationToken cancellationToken)
    {
        if (field is null) return;
        DataType type = (await SandboxSchemas.ReadAsync(context, sandboxId, cancellationToken).ConfigureAwait(false)).Profile;
        foreach (string name in field.Split('.'))
        {
            DataType? next = null;
            if (type.Kind == TypeKind.Object && !type.TryGetField(name, out next)) return;
            type = next ?? throw NoDate(field, type);
        }

        if (type.Kind is not (TypeKind.Timestamp or TypeKind.Date or TypeKind.String or TypeKind.Unknown)) throw NoDate(field, type);
    }

    private static RequestRefusedException NoDate(string field, DataType type) =>
        JsonFields.WrongValue("attributeMerge.timestampField", $"names '{field}', which holds no date but: {type}");

    /// <summary>
    /// Sees to it that one policy of the class is the default, and at most one of the sandbox is active on edge.
    /// </summary>
    /// <returns>The policy that was the default until now; null if nothing else changes.</returns>
    public static async Task<MergePolicy?> SettleFlagsAsync(
        ControlPlaneContext context, MergePolicy policy, bool wasDefault, CancellationToken cancellationToken)
    {
        if (wasDefault && !policy.IsDefault)
            throw new RequestRefusedException(400, "mergePolicy.default",
                "A sandbox always has a default merge policy: make another one the default instead.");
        List<MergePolicy> others = await context.MergePolicies.Where(p => p.SandboxId == policy.SandboxId && p.Id != policy.Id)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        if (policy.IsActiveOnEdge && others.Find(p => p.IsActiveOnEdge) is { } edge)
            throw new RequestRefusedException(400, "mergePolicy.edge",
                $"The merge policy '{edge.Id}' is active on edge, and only one of a sandbox can be. Deactivate that one first.");
        if (!policy.IsDefault || wasDefault || others.Find(p => p.IsDefault && p.SchemaName == policy.SchemaName) is not { } former) return null;
        former.IsDefault = false;
        foreach (SegmentDefinition definition in await context.SegmentDefinitions
            .Where(d => d.SandboxId == policy.SandboxId && d.MergePolicyId == former.Id).ToListAsync(cancellationToken).ConfigureAwait(false))
            definition.MergePolicyId = policy.Id;
        return former;
    }

    /// <summary>Refuses to delete what is needed.</summary>
    public static async Task RequireUnusedAsync(ControlPlaneContext context, MergePolicy policy, CancellationToken cancellationToken)
    {
        if (policy.IsActiveOnEdge)
            throw new RequestRefusedException(400, "mergePolicy.edge", $"The merge policy '{policy.Id}' is active on edge. Deactivate it first.");
        if (policy.IsDefault)
            throw new RequestRefusedException(400, "mergePolicy.default",
                $"The merge policy '{policy.Id}' is the default. Make another one the default first.");
        int segments = await context.SegmentDefinitions.CountAsync(
            d => d.SandboxId == policy.SandboxId && d.MergePolicyId == policy.Id, cancellationToken).ConfigureAwait(false);
        if (segments > 0)
            throw new RequestRefusedException(400, "mergePolicy.inUse",
                $"{segments} segment definition(s) use the merge policy '{policy.Id}'. Give them another one or delete them first.");
    }
}
