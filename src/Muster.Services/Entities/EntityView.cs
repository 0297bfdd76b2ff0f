using Muster.Storage.Lookup;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Entities;

/// <summary>What entity access sees: one state of a sandbox under one merge policy, whatever is committed meanwhile. Thread-safe for reading.</summary>
public sealed class EntityView : IAsyncDisposable
{
    private readonly SandboxSnapshot _snapshot;
    private readonly EntityPolicy _policy;
    private readonly EntityOptions _options;

    internal EntityView(SandboxSnapshot snapshot, EntityPolicy policy, EntityOptions options)
    {
        _snapshot = snapshot;
        _policy = policy;
        _options = options;
    }

    /// <summary>Why an identity will be refused; null if it will not.</summary>
    public RequestRefusedException? RefusalOf(EntityKey key)
    {
        try
        {
            (string ns, string id) = Identify(key);
            if (_options.RefusesLargeGraphs && Find(ns, id) is { } ordinal) _ = IdentitiesOf(ordinal);
            return null;
        }
        catch (RequestRefusedException refusal)
        {
            return refusal;
        }
    }

    /// <summary>A profile as the API shows it, without the XID-keyed wrapper; null if nothing is known of the identity.</summary>
    /// <exception cref="RequestRefusedException">400: not an XID; 422: too many identities.</exception>
    public async ValueTask<EntityDocument?> ReadProfileAsync(EntityKey key, IReadOnlyList<string>? fields, CancellationToken cancellationToken)
    {
        (string ns, string id) = Identify(key);
        if (Find(ns, id) is not { } ordinal) return null;
        IReadOnlyList<(string Namespace, string Id)> identities = IdentitiesOf(ordinal);
        StoredProfile? profile =
            await _snapshot.Profiles.ReadStoredAsync(_snapshot.Manifest.Profiles, ordinal, cancellationToken).ConfigureAwait(false);
        if (profile is null) return null;
        string[] graph = new string[identities.Count];
        for (int i = 0; i < graph.Length; i++) graph[i] = Xid.Encode(identities[i].Namespace, identities[i].Id);
        ReadOnlyMemory<byte> json = EntityRecord.Join(profile, _snapshot.MembershipsOf(ordinal));
        if (fields is not null) json = new FieldProjection(fields).Apply(json);
        return new EntityDocument(Xid.Encode(ns, id), _policy.Id, profile.Sources, graph, json, profile.LastModifiedAt);
    }

    /// <summary>One page of the events of a person; null if nothing is known of the identity.</summary>
    /// <exception cref="RequestRefusedException">400: not an XID, or a cursor that no page of this order gave; 422: too many identities.</exception>
    public async Task<EntityEvents?> ReadEventsAsync(EntityKey key, EntityEventQuery query, CancellationToken cancellationToken)
    {
        (string ns, string id) = Identify(key);
        EventPosition? after = query.Cursor is { } cursor ? EventCursor.Read(cursor, query.Descending) : null;
        if (Find(ns, id) is not { } ordinal) return null;
        _ = IdentitiesOf(ordinal);
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
        EventPage page =
            await _snapshot.Profiles.ReadEventPageAsync(_snapshot.Manifest.Profiles, ordinal, stored, cancellationToken).ConfigureAwait(false);
        FieldProjection? projection = query.Fields is { } fields ? new FieldProjection(fields) : null;
        EntityEvent[] events =
            [.. page.Events.Select(e => new EntityEvent(e.Id, e.Timestamp, projection?.Apply(e.Document) ?? e.Document, e.IngestedAt))];
        return new EntityEvents(Xid.Encode(ns, id), events, page.Last is { } last ? EventCursor.Write(last, query.Descending) : null);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _snapshot.DisposeAsync();

    /// <summary>The identity that a request names.</summary>
    /// <exception cref="RequestRefusedException">400: not an XID.</exception>
    public static (string Namespace, string Id) Identify(EntityKey key)
    {
        if (key.Namespace is { } ns) return (ns, key.Id);
        if (Xid.TryDecode(key.Id, out string? code, out string? id)) return (code, id);
        throw new RequestRefusedException(400, "entity.identity", "entityId is not an XID. Give the namespace code in entityIdNS.");
    }

    private long? Find(string ns, string id) => _snapshot.Profiles.FindProfile(ns, id);

    private IReadOnlyList<(string Namespace, string Id)> IdentitiesOf(long ordinal)
    {
        IReadOnlyList<(string Namespace, string Id)> identities = _snapshot.Profiles.IdentitiesOf(ordinal);
        if (_options.RefusesLargeGraphs && identities.Count > EntityOptions.MaxGraph)
            throw new RequestRefusedException(422, "entity.tooManyIdentities",
                $"Too many related identities. Got: {identities.Count}, max: {EntityOptions.MaxGraph}");
        return identities;
    }
}
