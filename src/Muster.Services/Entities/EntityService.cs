using Muster.Services.Tenancy;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Entities;

/// <summary>
/// Single profiles and their events, as they are now: merged, with the memberships of the last segment job. Looking at a profile evaluates
/// nothing. Thread-safe.
/// </summary>
public sealed class EntityService(EntityPolicies policies, SandboxStores stores, EntityOptions options)
{
    /// <summary>One state of a sandbox under one merge policy, for all that a request asks. The caller disposes it.</summary>
    /// <exception cref="RequestRefusedException">400: there is no such policy; 422: none is named and there is no default.</exception>
    public async ValueTask<EntityView> OpenAsync(SandboxScope scope, string? mergePolicyId, CancellationToken cancellationToken)
    {
        EntityPolicy policy = await policies.FindAsync(scope, mergePolicyId, cancellationToken).ConfigureAwait(false);
        SandboxStore store = await stores.GetAsync(scope.SandboxId).ConfigureAwait(false);
        return new EntityView(store.TakeSnapshot(), policy, options);
    }

    /// <summary>A profile as the API shows it, without the XID-keyed wrapper.</summary>
    /// <returns>Null if nothing is known of the identity.</returns>
    /// <exception cref="RequestRefusedException">400: not an XID, or an unknown merge policy; 422: too many identities.</exception>
    public async Task<EntityDocument?> GetProfileAsync(
        SandboxScope scope, EntityKey key, IReadOnlyList<string>? fields, string? mergePolicyId, CancellationToken cancellationToken)
    {
        await using EntityView view = await OpenAsync(scope, mergePolicyId, cancellationToken).ConfigureAwait(false);
        return await view.ReadProfileAsync(key, fields, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One page of the events of a person.</summary>
    /// <returns>Null if nothing is known of the identity.</returns>
    /// <exception cref="RequestRefusedException">
    /// 400: not an XID, an unknown merge policy, or a cursor that no page of this order gave; 422: too many identities.
    /// </exception>
    public async Task<EntityEvents?> GetEventsAsync(
        SandboxScope scope, EntityKey key, EntityEventQuery query, string? mergePolicyId, CancellationToken cancellationToken)
    {
        await using EntityView view = await OpenAsync(scope, mergePolicyId, cancellationToken).ConfigureAwait(false);
        return await view.ReadEventsAsync(key, query, cancellationToken).ConfigureAwait(false);
    }
}
