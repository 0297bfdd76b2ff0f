using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Services.Ingestion;
using Muster.Services.Tenancy;
using Muster.Services.Work;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Identities;

/// <summary>
/// Tells the sandboxes of an organisation what its namespaces are, in the order of their batches. One that was not told, since the process
/// ended, finds out when it is opened.
/// </summary>
/// <param name="contexts">The control plane.</param>
/// <param name="stores">Take the types.</param>
/// <param name="lanes">Where it is done.</param>
/// <param name="logger">Takes what fails.</param>
public sealed class NamespaceSpread(
    IDbContextFactory<ControlPlaneContext> contexts, SandboxStores stores, WorkLanes lanes, ILogger<NamespaceSpread> logger)
{
    /// <summary>Asks for it in all sandboxes but one.</summary>
    public async Task ToOthersAsync(SandboxScope done, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        List<string> others = await context.Sandboxes
            .Where(s => s.OrganizationId == done.OrganizationId && s.State == "active" && s.Id != done.SandboxId).Select(s => s.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (string sandbox in others)
            lanes.TryAdd(
                BatchQueue.Lane(sandbox), "namespaces/" + Guid.NewGuid().ToString("N"), token => TellAsync(done.OrganizationId, sandbox, token));
    }

    private async Task TellAsync(string organizationId, string sandboxId, CancellationToken cancellationToken)
    {
        try
        {
            await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            Dictionary<string, string> types = await context.IdentityNamespaces.Where(n => n.OrganizationId == organizationId)
                .ToDictionaryAsync(n => n.Code, n => n.Type, cancellationToken).ConfigureAwait(false);
            SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
            if (ReferenceEquals(store.Manifest.Profiles.Rules.WithTypes(types), store.Manifest.Profiles.Rules)) return;
            PreparedApply prepared = await store.PrepareAsync(
                profiles => new StoreChange { Rules = profiles.Current.Rules.WithTypes(types) }, null, cancellationToken).ConfigureAwait(false);
            await store.CommitAsync(prepared, JournalKinds.LinkingRulesChanged, new { types }, (_, _) => Task.FromResult(true), cancellationToken)
                .ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The boundary of background work: the next opening of the sandbox makes up for it.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(exception, "Sandbox {Sandbox} could not be told of the namespaces", sandboxId);
        }
#pragma warning restore CA1031
    }
}
