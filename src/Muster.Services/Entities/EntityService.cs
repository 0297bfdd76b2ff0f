using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Entities;

/// <summary>
/// Single profiles and their events, as they are now: merged, with the memberships of the last segment job. Looking at a profile evaluates
/// nothing. Thread-safe.
/// </summary>
public sealed class EntityService(IDbContextFactory<ControlPlaneContext> contexts, SandboxStores stores)
{
    /// <summary>A profile as the API shows it, without the XDM-keyed wrapper.</summary>
    /// <returns>Null if nothing is known of the identity.</returns>
    /// <exception cref="RequestRefusedException">400: not an XID, or an unknown merge policy.</exception>
    public async Task<EntityDocument?> GetProfileAsync(
        SandboxScope scope, EntityKey key, IReadOnlyList<string>? fields, string? mergePolicyId, CancellationToken cancellationToken)
    {
        (string ns, string id) = Identify(key);
        string policy = await MergePolicyAsync(scope, mergePolicyId, cancellationToken).ConfigureAwait(false);
        SandboxStore store = await stores.GetAsync(scope.SandboxId).ConfigureAwait(false);
        await using SandboxSnapshot snapshot = store.TakeSnapshot();
        if (snapshot.Profiles.FindProfile(ns, id) is not { } ordinal) return null;
        ProfileDocument? document = await snapshot.Profiles.ReadProfileAsync(snapshot.Manifest.Profiles, ordinal,
            cancellationToken).ConfigureAwait(false);
        if (document is null) return null;

        JsonObject entity = document.Entity;
        JsonObject? arrived = entity["segmentMembership"] as JsonObject;
        entity.Remove("segmentMembership");
        if (SegmentMembershipDocument.Build(arrived, snapshot.MembershipsOf(ordinal)) is { } memberships) entity["segmentMembership"] =
            memberships;
        if (fields is not null) entity = new FieldProjection(fields).Apply(entity);
        string[] graph = snapshot.Profiles.IdentitiesOf(ordinal).Select(i => Xid.Encode(i.Namespace, i.Id)).ToArray();
        return new EntityDocument(Xid.Encode(ns, id), policy, document.Sources, graph, entity, document.LastModifiedAt);
    }

    /// <summary>One page of the events of a person.</summary>
    /// <returns>Null if nothing is known of the identity.</returns>
    /// <exception cref="RequestRefusedException">400: not an XID, an unknown merge policy, or a cursor that no page gave.</exception>
    public async Task<EntityEvents?> GetEventsAsync(
        SandboxScope scope, EntityKey key, EntityEventQuery query, string? mergePolicyId, CancellationToken cancellationToken)
    {
        (string ns, string id) = Identify(key);
        await MergePolicyAsync(scope, mergePolicyId, cancellationToken).ConfigureAwait(false);
        int offset = 0;
        bool isCursor = query.Cursor is not { } cursor
            || (int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out offset)
                && offset <= int.MaxValue - query.Limit - 1);
        if (!isCursor)
            throw new RequestRefusedException(400, "entity.cursor",
                $"'{query.Cursor}' is no cursor of this list. Start without one and follow _links.next.");
        SandboxStore store = await stores.GetAsync(scope.SandboxId).ConfigureAwait(false);
        await using SandboxSnapshot snapshot = store.TakeSnapshot();
        if (snapshot.Profiles.FindProfile(ns, id) is not { } ordinal) return null;

        // One more than the page tells whether there is another page.
        var stored = new EventQuery
        {
            Start = query.From,
            End = query.Before,
            Descending = query.Descending,
            Limit = query.Limit + 1,
            Offset = offset
        };
        IReadOnlyList<ProfileEvent> found =
            await snapshot.Profiles.ReadEventsAsync(snapshot.Manifest.Profiles, ordinal, stored, cancellationToken).ConfigureAwait(false);
        FieldProjection? projection = query.Fields is { } fields ? new FieldProjection(fields) : null;
        EntityEvent[] events = found.Take(query.Limit)
            .Select(e => new EntityEvent(e.Id, e.Timestamp, projection?.Apply(e.Entity) ?? e.Entity, e.IngestedAt)).ToArray();
        string? next = found.Count > query.Limit ? (offset + query.Limit).ToString(CultureInfo.InvariantCulture) : null;
        return new EntityEvents(Xid.Encode(ns, id), events, next);
    }

    private static (string Namespace, string Id) Identify(EntityKey key)
    {
        if (key.Namespace is { } ns) return (ns, key.Id);
        if (Xid.TryDecode(key.Id, out string? code, out string? id)) return (code, id);
        throw new RequestRefusedException(400, "entity.identity", "entityId is not an XID. Give the namespace code in entityIdNS.");
    }

    private async Task<string> MergePolicyAsync(SandboxScope scope, string? wanted, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        IQueryable<MergePolicy> policies = context.MergePolicies.AsNoTracking().Where(p => p.SandboxId == scope.SandboxId);
        string? id = await policies.Where(p => wanted == null ? p.IsDefault : p.Id == wanted).Select(p => p.Id)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return id ?? throw new RequestRefusedException(400, "entity.mergePolicy",
            $"There is no merge policy '{wanted}' in this sandbox. List them with GET /config/mergePolicies.");
    }
}

/// <summary>A profile.</summary>
/// <param name="EntityId">The XID of the identity that was asked for.</param>
/// <param name="MergePolicyId">The policy that governed the merge.</param>
/// <param name="Sources">Ids of the datasets that its data is from.</param>
/// <param name="IdentityGraph">The XIDs of all its identities.</param>
/// <param name="Entity">Its XDM record.</param>
/// <param name="LastModifiedAt">Milliseconds since the epoch.</param>
public sealed record EntityDocument(
    string EntityId, string MergePolicyId, IReadOnlyList<string> Sources, IReadOnlyList<string> IdentityGraph, JsonObject Entity,
        long LastModifiedAt);

/// <summary>One event of a person.</summary>
/// <param name="Id">Its <c>_id</c>; null if it has none.</param>
/// <param name="Timestamp">Milliseconds since the epoch; null if it has none.</param>
/// <param name="Entity">Its XDM record.</param>
/// <param name="LastModifiedAt">When it was ingested, ms.</param>
public sealed record EntityEvent(string? Id, long? Timestamp, JsonObject Entity, long LastModifiedAt);

/// <summary>One page of events.</summary>
/// <param name="RelatedEntityId">The XID of the person.</param>
/// <param name="Events">In the asked order.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
public sealed record EntityEvents(string RelatedEntityId, IReadOnlyList<EntityEvent> Events, string? Next);
