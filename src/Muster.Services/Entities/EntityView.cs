using Muster.Storage.Lookup;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Entities;

/// <summary>
/// What one request of entity access sees: some people in one state of a sandbox under one merge policy, whatever is committed meanwhile.
/// Thread-safe for reading; all reads end before it is disposed.
/// </summary>
public sealed class EntityView : IAsyncDisposable
{
    private readonly LocatedPeople _located;
    private readonly EntityQuestion[] _asked;
    private readonly EntityPolicy _policy;

    internal EntityView(LocatedPeople located, EntityQuestion[] asked, EntityPolicy policy)
    {
        _located = located;
        _asked = asked;
        _policy = policy;
    }

    /// <summary>Why reading the person of that number is refused (400: not an XID; 422: too many identities); null if it is not.</summary>
    public RequestRefusedException? RefusalOf(int number)
    {
        if (_asked[number].Refusal is { } refusal) return refusal;
        int identities = _located.People[number].Identities.Count;
        return identities > EntityLimits.MaxGraph
            ? new RequestRefusedException(422, "entity.tooManyIdentities",
                $"Too many related identities. Got: {identities}, max: {EntityLimits.MaxGraph}")
            : null;
    }

    /// <summary>
    /// The profile of the person of that number as the API shows it, without the XID-keyed wrapper; null if nothing is known of the
    /// identity.
    /// </summary>
    /// <exception cref="RequestRefusedException">That of <see cref="RefusalOf"/>.</exception>
    public async ValueTask<EntityDocument?> ReadProfileAsync(int number, IReadOnlyList<string>? fields)
    {
        if (Find(number) is not { } ordinal) return null;
        SandboxSnapshot snapshot = _located.Snapshot;
        if (await snapshot.Pinned.ReadAsync(_policy.Method, ordinal).ConfigureAwait(false) is not { } profile) return null;
        IReadOnlyList<(string Namespace, string Id)> identities = _located.People[number].Identities;
        string[] graph = new string[identities.Count];
        for (int i = 0; i < graph.Length; i++) graph[i] = Xid.Encode(identities[i].Namespace, identities[i].Id);
        ReadOnlyMemory<byte> json = EntityRecord.Join(profile, snapshot.Space(_policy.Method.Graph).Of(ordinal));
        if (fields is not null) json = new FieldProjection(fields).Apply(json);
        return new EntityDocument(_asked[number].Xid, _policy.Id, profile.Sources, graph, json, profile.LastModifiedAt);
    }

    /// <summary>One page of the events of the person of that number; null if nothing is known of the identity.</summary>
    /// <exception cref="RequestRefusedException">400: a cursor that no page of this order gave; else that of
    /// <see cref="RefusalOf"/>.</exception>
    public async Task<EntityEvents?> ReadEventsAsync(int number, EntityEventQuery query)
    {
        EventPosition? after = query.Cursor is { } cursor ? EventCursor.Read(cursor, query.Descending) : null;
        if (Find(number) is not { } ordinal) return null;
        (EntityEvent[] events, EventPosition? last) = await ReadAsync(ordinal, query, after).ConfigureAwait(false);
        return new EntityEvents(_asked[number].Xid, events, last is null ? null : EventCursor.Write(last, query.Descending));
    }

    /// <summary>The events of an <c>_id</c>, whoever they are of: a page without another one behind it.</summary>
    internal async Task<EntityEvents> FindEventsAsync(EntityEventQuery query)
    {
        SandboxSnapshot snapshot = _located.Snapshot;
        var found = new List<EntityEvent>();
        foreach (EventOwner owner in await snapshot.Pinned.FindEventOwnersAsync(_policy.Method, query.EventId!).ConfigureAwait(false))
        {
            (string ns, string id) = snapshot.Profiles.IdentitiesOf(GraphType.None, owner.Identity)[0];
            (EntityEvent[] events, _) = await ReadAsync(owner.Profile, query, null).ConfigureAwait(false);
            found.AddRange(events.Select(e => e with { RelatedEntityId = Xid.Encode(ns, id) }));
        }

        IEnumerable<EntityEvent> ordered = query.Descending ? found.OrderByDescending(e => e.Timestamp) : found.OrderBy(e => e.Timestamp);
        return new EntityEvents("", [.. ordered.Take(query.Limit)], null);
    }

    private async Task<(EntityEvent[] Events, EventPosition? Last)> ReadAsync(long ordinal, EntityEventQuery query, EventPosition? after)
    {
        var stored = new EventPageQuery
        {
            Start = query.From,
            End = query.Before,
            Descending = query.Descending,
            Limit = query.Limit,
            After = after,
            Id = query.EventId,
            Conditions = query.Conditions,
        };
        EventPage page = await _located.Snapshot.Pinned.ReadEventsAsync(_policy.Method, ordinal, stored).ConfigureAwait(false);
        FieldProjection? projection = query.Fields is { } fields ? new FieldProjection(fields) : null;
        return ([.. page.Events.Select(e => new EntityEvent(e.Id, e.Timestamp, projection?.Apply(e.Document) ?? e.Document, e.IngestedAt))], page.Last);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _located.Snapshot.DisposeAsync();

    private long? Find(int number) => RefusalOf(number) is { } refusal ? throw refusal : _located.People[number].Ordinal;
}
