using Muster.Services.Tenancy;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Entities;

/// <summary>
/// Single profiles and their events, as they are now: merged, with the memberships of the last segment job. Looking at a profile evaluates
/// nothing. Thread-safe.
/// </summary>
public sealed class EntityService(EntityPolicies policies, SandboxStores stores)
{
    /// <summary>Asks one state of a sandbox under one merge policy for all that a request wants.</summary>
    /// <param name="scope">The sandbox.</param>
    /// <param name="keys">Whom the request asks for.</param>
    /// <param name="mergePolicyId">Null for the default.</param>
    /// <param name="ask">Asks. If it meets a damaged file, it is called a second time, once everything derived is made anew.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RequestRefusedException">400: there is no such policy; 422: none is named and there is no default.</exception>
    public async Task<T> AskAsync<T>(
        SandboxScope scope, IReadOnlyList<EntityKey> keys, string? mergePolicyId, Func<EntityView, Task<T>> ask, CancellationToken cancellationToken)
    {
        EntityPolicy policy = await policies.FindAsync(scope, mergePolicyId, cancellationToken).ConfigureAwait(false);
        SandboxStore store = await stores.GetAsync(scope.SandboxId).ConfigureAwait(false);
        return await store.WithRepairAsync(async () =>
        {
            await using EntityView view = await OpenAsync(store, keys, policy, cancellationToken).ConfigureAwait(false);
            return await ask(view).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<EntityView> OpenAsync(
        SandboxStore store, IReadOnlyList<EntityKey> keys, EntityPolicy policy, CancellationToken cancellationToken)
    {
        var asked = new EntityQuestion[keys.Count];
        for (int i = 0; i < asked.Length; i++) asked[i] = EntityQuestion.Of(keys[i]);
        (string Namespace, string Id)[] identities = Array.ConvertAll(asked, a => (a.Namespace, a.Id));
        while (true)
        {
            LocatedPeople people = store.Locate(policy.Method.Graph, identities);
            if (people.Snapshot.HasView(policy.Method)) return new EntityView(people, asked, policy);
            await people.Snapshot.DisposeAsync().ConfigureAwait(false);
            // The first request under a policy makes its profiles, and the next ones find them.
            await store.EnsureViewAsync(policy.Method, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A profile as the API shows it, without the XID-keyed wrapper.</summary>
    /// <returns>Null if nothing is known of the identity.</returns>
    /// <exception cref="RequestRefusedException">400: not an XID, or an unknown merge policy; 422: too many identities.</exception>
    public Task<EntityDocument?> GetProfileAsync(
        SandboxScope scope, EntityKey key, IReadOnlyList<string>? fields, string? mergePolicyId, CancellationToken cancellationToken) =>
        AskAsync(scope, [key], mergePolicyId, view => view.ReadProfileAsync(0, fields).AsTask(), cancellationToken);

    /// <summary>One page of the events of a person.</summary>
    /// <returns>Null if nothing is known of the identity.</returns>
    /// <exception cref="RequestRefusedException">
    /// 400: not an XID, an unknown merge policy, or a cursor that no page of this order gave; 422: too many identities.
    /// </exception>
    public Task<EntityEvents?> GetEventsAsync(
        SandboxScope scope, EntityKey key, EntityEventQuery query, string? mergePolicyId, CancellationToken cancellationToken) =>
        AskAsync(scope, [key], mergePolicyId, view => view.ReadEventsAsync(0, query), cancellationToken);

    /// <summary>The events of an <c>_id</c>, whoever they are of; none if there is no such event.</summary>
    /// <exception cref="RequestRefusedException">400: an unknown merge policy.</exception>
    public Task<EntityEvents> FindEventsAsync(SandboxScope scope, EntityEventQuery query, string? mergePolicyId, CancellationToken cancellationToken) =>
        AskAsync(scope, [], mergePolicyId, view => view.FindEventsAsync(query), cancellationToken);
}
