using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;

namespace Muster.Services.MergePolicies;

/// <summary>The merge policies of a sandbox. Every change is an entry of its journal. Thread-safe.</summary>
/// <param name="database">The control plane.</param>
/// <param name="journal">Takes the changes.</param>
/// <param name="views">Makes the profiles that a changed policy means.</param>
/// <param name="time">Stamps them.</param>
public sealed class MergePolicyService(
    IDbContextFactory<ControlPlaneContext> database, SandboxJournal journal, PolicyViews views, TimeProvider time)
{
    /// <summary>All policies of the sandbox in the order in which they were made; it has a handful.</summary>
    public async Task<IReadOnlyList<MergePolicy>> ListAsync(SandboxScope scope, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        return await context.MergePolicies.AsNoTracking().Where(p => p.SandboxId == scope.SandboxId)
            .OrderBy(p => p.CreatedAt).ThenBy(p => p.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One policy.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task<MergePolicy> GetAsync(SandboxScope scope, string id, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        return await FindAsync(context.MergePolicies.AsNoTracking(), scope, id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a policy.</summary>
    /// <exception cref="RequestRefusedException">400: the body, or a rule between policies.</exception>
    public Task<MergePolicy> CreateAsync(SandboxScope scope, JsonObject body, CancellationToken cancellationToken)
    {
        MergePolicyBody read = MergePolicyBody.Read(body);
        return CommitAsync(scope, "created", async context =>
        {
            await MergePolicyRules.RequireRoomAsync(context, scope.SandboxId, cancellationToken).ConfigureAwait(false);
            long now = Now;
            var policy = new MergePolicy
            {
                Id = Guid.NewGuid().ToString(),
                SandboxId = scope.SandboxId,
                Name = "",
                SchemaName = "",
                IdentityGraphType = "",
                AttributeMergeType = "",
                CreatedAt = now,
                UpdatedAt = now,
            };
            context.MergePolicies.Add(policy);
            return await WriteAsync(context, policy, read, cancellationToken).ConfigureAwait(false);
        }, cancellationToken);
    }

    /// <summary>Replaces what a client wrote before.</summary>
    /// <exception cref="RequestRefusedException">400, 404.</exception>
    public Task<MergePolicy> ReplaceAsync(SandboxScope scope, string id, JsonObject body, CancellationToken cancellationToken) =>
        ChangeAsync(scope, id, _ => body, cancellationToken);

    /// <summary>Changes single fields; see <see cref="MergePolicyPatch"/>.</summary>
    /// <exception cref="RequestRefusedException">400, 404.</exception>
    public Task<MergePolicy> PatchAsync(SandboxScope scope, string id, JsonNode? patch, CancellationToken cancellationToken) =>
        ChangeAsync(scope, id, policy => MergePolicyPatch.Apply(MergePolicyBody.Write(policy), patch), cancellationToken);

    /// <summary>Deletes a policy that nothing needs.</summary>
    /// <exception cref="RequestRefusedException">404; 400: the default, active on edge, or used by segments.</exception>
    public Task<MergePolicy> DeleteAsync(SandboxScope scope, string id, CancellationToken cancellationToken) =>
        CommitAsync(scope, "deleted", async context =>
        {
            MergePolicy policy = await FindAsync(context.MergePolicies, scope, id, cancellationToken).ConfigureAwait(false);
            await MergePolicyRules.RequireUnusedAsync(context, policy, cancellationToken).ConfigureAwait(false);
            context.MergePolicies.Remove(policy);
            return [policy];
        }, cancellationToken);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private Task<MergePolicy> ChangeAsync(
        SandboxScope scope, string id, Func<MergePolicy, JsonObject> body, CancellationToken cancellationToken) =>
        CommitAsync(scope, "updated", async context =>
        {
            MergePolicy policy = await FindAsync(context.MergePolicies, scope, id, cancellationToken).ConfigureAwait(false);
            MergePolicyBody read = MergePolicyBody.Read(body(policy));
            Touch(policy);
            return await WriteAsync(context, policy, read, cancellationToken).ConfigureAwait(false);
        }, cancellationToken);

    /// <returns>The policy, and those that change because of it.</returns>
    private async Task<IReadOnlyList<MergePolicy>> WriteAsync(
        ControlPlaneContext context, MergePolicy policy, MergePolicyBody body, CancellationToken cancellationToken)
    {
        bool wasDefault = policy.IsDefault;
        await MergePolicyRules.CheckDatasetsAsync(context, policy.SandboxId, body.Order, cancellationToken).ConfigureAwait(false);
        await MergePolicyRules.CheckTimestampFieldAsync(context, policy.SandboxId, body.TimestampField, cancellationToken).ConfigureAwait(false);
        body.ApplyTo(policy);
        MergePolicy? former = await MergePolicyRules.SettleFlagsAsync(context, policy, wasDefault, cancellationToken).ConfigureAwait(false);
        if (former is null) return [policy];
        Touch(former);
        return [policy, former];
    }

    private async Task<MergePolicy> CommitAsync(
        SandboxScope scope, string change, Func<ControlPlaneContext, Task<IReadOnlyList<MergePolicy>>> apply, CancellationToken cancellationToken)
    {
        var entry = new PolicyEntry(change);
        MergePolicy? changed = null;
        await journal.CommitAsync(scope.SandboxId, JournalKinds.PolicyChanged, entry, null, async (context, _) =>
        {
            IReadOnlyList<MergePolicy> policies = await apply(context).ConfigureAwait(false);
            changed = policies[0];
            entry.Policies = [.. policies.Select(p => new PolicyState(p.Id, p.Version, MergePolicyBody.Write(p)))];
            return true;
        }, cancellationToken).ConfigureAwait(false);
        views.Refresh(scope.SandboxId);
        return changed!;
    }

    private void Touch(MergePolicy policy)
    {
        policy.Version++;
        policy.UpdatedAt = Now;
    }

    private static async Task<MergePolicy> FindAsync(
        IQueryable<MergePolicy> policies, SandboxScope scope, string id, CancellationToken cancellationToken) =>
        await policies.SingleOrDefaultAsync(p => p.SandboxId == scope.SandboxId && p.Id == id, cancellationToken).ConfigureAwait(false)
        ?? throw new RequestRefusedException(404, "mergePolicy.unknown", $"There is no merge policy '{id}' in this sandbox.");

    /// <summary>What the journal keeps; filled in by the change, which knows.</summary>
    private sealed class PolicyEntry(string change)
    {
        public string Change { get; } = change;

        public IReadOnlyList<PolicyState> Policies { get; set; } = [];
    }

    private sealed record PolicyState(string Id, int Version, JsonObject Policy);
}
