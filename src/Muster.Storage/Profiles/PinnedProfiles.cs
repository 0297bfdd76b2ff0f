using Muster.Storage.Lookup;

namespace Muster.Storage.Profiles;

/// <summary>
/// A state whose files stay as long as this lives, for reading single profiles and their events. Thread-safe; all reads end before it is
/// disposed.
/// </summary>
public sealed class PinnedProfiles : IDisposable
{
    private readonly OpenManifest _manifest;
    private readonly LookupStore? _lookups;
    private Action? _release;

    internal PinnedProfiles(OpenManifest manifest, LookupStore? lookups, Action release)
    {
        _manifest = manifest;
        _lookups = lookups;
        _release = release;
    }

    /// <summary>
    /// A profile as clients get it: from the lookup store in microseconds or, as long as it is not there, from its run in milliseconds.
    /// Null if there is
    /// none of that ordinal, or no view of the method.
    /// </summary>
    public ValueTask<StoredProfile?> ReadAsync(MergeMethod method, long ordinal)
    {
        if (_manifest.View(method)?.Find(ordinal) is not ({ } run, int place)) return ValueTask.FromResult<StoredProfile?>(null);
        if (_lookups is not null && _lookups.TryRead(run, ordinal, out StoredProfile? profile))
            return ValueTask.FromResult<StoredProfile?>(profile);
        // Not to be given up on the way: the run is pinned by the caller.
        return new ValueTask<StoredProfile?>(Task.Run<StoredProfile?>(() => StoredProfileReader.Read(run, ordinal, place)));
    }

    /// <summary>A page of the events of a profile; no event if there is none of that ordinal, or no view of the method.</summary>
    public Task<EventPage> ReadEventsAsync(MergeMethod method, long ordinal, EventPageQuery query)
    {
        if (_manifest.View(method)?.Find(ordinal) is not ({ } run, int place)) return Task.FromResult(EventPage.Empty);
        return Task.Run(() =>
        {
            using var reader = new EventPageReader(run, place, _manifest.Batches);
            return reader.Read(query);
        });
    }

    /// <summary>Whose the events of an <c>_id</c> are; nobody's if there is none, or no view of the method.</summary>
    public Task<IReadOnlyList<EventOwner>> FindEventOwnersAsync(MergeMethod method, string eventId) =>
        _manifest.View(method) is { } view ? Task.Run(() => EventOwners.Find(view, eventId)) : Task.FromResult<IReadOnlyList<EventOwner>>([]);

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
