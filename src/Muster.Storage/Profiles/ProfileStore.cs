using DuckDB.NET.Data;
using Muster.Engine.Columns;
using Muster.Storage.DuckDb;
using Muster.Storage.Identity;
using Muster.Storage.Lookup;

namespace Muster.Storage.Profiles;

/// <summary>
/// The profiles of one sandbox: the merge of all applied batches, as immutable files that a manifest names. Whoever owns the manifest decides what
/// the state is; this class writes the files of the next state and reads those of any. Thread-safe; one change at a time.
/// </summary>
public sealed class ProfileStore : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly DuckDbOptions _options;
    private readonly IdentityGraph _graph;
    private readonly DuckDBConnection _reading;
    private readonly LookupStore? _lookups;
    private readonly Dictionary<string, RunFile> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _pins = new(StringComparer.Ordinal);
    private ManifestView _current;
    private PreparedApply? _prepared;
    private bool _isPreparing;
    private int _aliases;

    private ProfileStore(string folder, StoreManifest manifest, DuckDbOptions options, LookupStore? lookups)
    {
        _folder = folder;
        _lookups = lookups;
        _options = options;
        _graph = IdentityFile.Load(manifest.IdentityFiles.Select(f => Path.Combine(folder, f)));
        if (_graph.Identities.Count != manifest.NextIdentityOrdinal || _graph.ProfileOrdinals != manifest.NextProfileOrdinal)
            throw new InvalidDataException("The identity files do not hold what the manifest says.");
        _reading = new DuckDBConnection("DataSource=:memory:");
        _reading.Open();
        using (DuckDBCommand command = _reading.CreateCommand())
        {
            // One thread a scan: blocks are read side by side, and a scan in its caller's thread is the fastest.
            command.CommandText = $"SET GLOBAL TimeZone = 'UTC'; SET threads = 1; SET memory_limit = '{options.MemoryLimitMegabytes}MB'; SET temp_directory = ''";
            command.ExecuteNonQuery();
        }
        _current = Open(manifest);
        _lookups?.Sweep();
    }

    /// <summary>Opens the state that a manifest names, <see cref="StoreManifest.Empty"/> for none.</summary>
    /// <param name="folder">The sandbox folder; the store's own files are under <c>profiles</c> in it.</param>
    /// <param name="manifest">The committed state.</param>
    /// <param name="options">Bounds for applying batches; reading takes a second instance with the same memory.</param>
    /// <param name="lookups">Where profiles are kept for reading one by one, which the store then owns; null: they are read from the runs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidDataException">A file is damaged or missing rows: the state must be made anew from the lake.</exception>
    public static Task<ProfileStore> OpenAsync(
        string folder, StoreManifest manifest, DuckDbOptions options, CancellationToken cancellationToken, LookupStore? lookups = null) =>
        Task.Run(() => new ProfileStore(folder, manifest, options, lookups), cancellationToken);

    /// <summary>
    /// True where nothing else knows who is in our own segments: then what records say of them in <c>segmentMembership</c> counts. False where
    /// segments are evaluated, since a record's word is old news there. Set before the first batch.
    /// </summary>
    public bool KeepsOwnMemberships { get; set; }

    /// <summary>Where profiles are kept for reading one by one; null if they are not.</summary>
    public LookupStore? Lookups => _lookups;

    /// <summary>The published state.</summary>
    public StoreManifest Current => _current.Manifest;

    /// <summary>
    /// Writes the files of the next state: the current one and these batches. Batches that are in already are left out; without any new batch all
    /// runs are made into one. Nothing visible changes.
    /// </summary>
    /// <exception cref="InvalidOperationException">The last prepared state was neither published nor discarded.</exception>
    public async Task<PreparedApply> PrepareAsync(IReadOnlyList<LakeBatch> batches, long watermark, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_isPreparing || _prepared is not null) throw new InvalidOperationException("Another change of this store is prepared.");
            _isPreparing = true;
        }
        PreparedApply? prepared = null;
        try
        {
            ManifestView current = _current;
            prepared = await Task.Run(() => new ProfileApply(_folder, _graph, current, _options, KeepsOwnMemberships).Run(batches, watermark, progress, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            return prepared;
        }
        finally
        {
            if (prepared is null) _graph.Rollback();
            lock (_gate)
            {
                _prepared = prepared;
                _isPreparing = false;
            }
        }
    }

    /// <summary>Makes a prepared state the current one, after its manifest was committed.</summary>
    public void Publish(PreparedApply prepared)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_prepared, prepared)) throw new InvalidOperationException("This change is not prepared.");
            _graph.Commit();
            _current = Open(prepared.Manifest);
            _prepared = null;
            CloseUnused();
        }
    }

    /// <summary>Forgets a prepared state and deletes its files.</summary>
    public void Discard(PreparedApply prepared)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_prepared, prepared)) throw new InvalidOperationException("This change is not prepared.");
            _graph.Rollback();
            _prepared = null;
            foreach (string file in prepared.Files) File.Delete(Path.Combine(_folder, file));
        }
    }

    /// <summary>Opens the profiles of a state for scanning. Its files stay until the source is disposed.</summary>
    public IBlockSource OpenBlocks(StoreManifest manifest)
    {
        ManifestView view = PinView(manifest);
        return new ProfileBlockSource(view, () => Release(view));
    }

    /// <summary>Keeps the files of a state until the result is disposed.</summary>
    public IDisposable Pin(StoreManifest manifest)
    {
        ManifestView view = PinView(manifest);
        return new ManifestPin(() => Release(view));
    }

    /// <summary>The ordinal of the profile of an identity; null if nothing is known of it. Namespaces match in any case.</summary>
    public long? FindProfile(string ns, string id) => _graph.FindProfile(ns, id) is >= 0 and int profile ? profile : null;

    /// <summary>The identities of a profile in the order of namespace and id; none if there is no such profile.</summary>
    public IReadOnlyList<(string Namespace, string Id)> IdentitiesOf(long profileOrdinal) => _graph.IdentitiesOf(profileOrdinal);

    /// <summary>For each namespace that occurs, how many of the profiles have an identity in it.</summary>
    public IReadOnlyDictionary<string, int> CountNamespaces(IEnumerable<long> profileOrdinals) => _graph.CountNamespaces(profileOrdinals);

    /// <summary>Reads a profile of a state; null if it has none of that ordinal.</summary>
    public async Task<ProfileDocument?> ReadProfileAsync(StoreManifest manifest, long ordinal, CancellationToken cancellationToken)
    {
        ManifestView view = PinView(manifest);
        try
        {
            return await Task.Run(() => new ProfileReader(view).Read(ordinal), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Release(view);
        }
    }

    /// <summary>Reads a profile of a state as clients get it, from the lookup store if it is there; null if there is none of that ordinal.</summary>
    public ValueTask<StoredProfile?> ReadStoredAsync(StoreManifest manifest, long ordinal, CancellationToken cancellationToken)
    {
        ManifestView view = PinView(manifest);
        bool isDone = true;
        try
        {
            if (view.Find(ordinal) is not { } run) return ValueTask.FromResult<StoredProfile?>(null);
            if (_lookups is not null && _lookups.TryRead(run, ordinal, out StoredProfile? profile)) return ValueTask.FromResult<StoredProfile?>(profile);
            isDone = false;
            return new ValueTask<StoredProfile?>(Task.Run<StoredProfile?>(() => ReadSlowly(view, run, ordinal), CancellationToken.None).WaitAsync(cancellationToken));
        }
        finally
        {
            if (isDone) Release(view);
        }
    }

    /// <summary>Reads events of a profile of a state; none if it has no profile of that ordinal.</summary>
    public async Task<IReadOnlyList<ProfileEvent>> ReadEventsAsync(StoreManifest manifest, long ordinal, EventQuery query, CancellationToken cancellationToken)
    {
        ManifestView view = PinView(manifest);
        try
        {
            return await Task.Run(() => new ProfileReader(view).ReadEvents(ordinal, query), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Release(view);
        }
    }

    /// <summary>Reads a page of the events of a profile of a state; no event if it has no profile of that ordinal.</summary>
    public async Task<EventPage> ReadEventPageAsync(StoreManifest manifest, long ordinal, EventPageQuery query, CancellationToken cancellationToken)
    {
        ManifestView view = PinView(manifest);
        try
        {
            if (view.Find(ordinal) is not { } run) return EventPage.Empty;
            return await Task.Run(
                () =>
                {
                    using var reader = new EventPageReader(run, ordinal);
                    return reader.Read(query);
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Release(view);
        }
    }

    /// <summary>Deletes the store's files that neither the current state, nor an open source, nor a prepared state names.</summary>
    /// <returns>How many it deleted.</returns>
    public int Sweep()
    {
        lock (_gate)
        {
            if (_isPreparing) return 0;
            string folder = Path.Combine(_folder, ProfileApply.Folder);
            if (!Directory.Exists(folder)) return 0;
            HashSet<string> named = [.. _current.Manifest.OwnFiles.Concat(_prepared?.Manifest.OwnFiles ?? []).Concat(_pins.Keys).Select(f => Path.GetFullPath(Path.Combine(_folder, f)))];
            int deleted = 0;
            foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => !named.Contains(Path.GetFullPath(f))))
            {
                File.Delete(file);
                deleted++;
            }
            return deleted;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _lookups?.Dispose();
        _reading.Dispose();
        return ValueTask.CompletedTask;
    }

    private StoredProfile ReadSlowly(ManifestView view, RunFile run, long ordinal)
    {
        try
        {
            return StoredProfileReader.Read(run, ordinal);
        }
        finally
        {
            Release(view);
        }
    }

    private ManifestView PinView(StoreManifest manifest)
    {
        lock (_gate)
        {
            ManifestView view = ReferenceEquals(manifest, _current.Manifest) ? _current : Open(manifest);
            foreach (RunFile run in view.Runs) _pins[run.File] = _pins.GetValueOrDefault(run.File) + 1;
            return view;
        }
    }

    private void Release(ManifestView view)
    {
        lock (_gate)
        {
            foreach (RunFile run in view.Runs)
                if (--_pins[run.File] == 0) _pins.Remove(run.File);
            CloseUnused();
        }
    }

    private ManifestView Open(StoreManifest manifest) => new(manifest, [.. manifest.Runs.Select(r => Open(r.File))]);

    private RunFile Open(string file)
    {
        if (_runs.TryGetValue(file, out RunFile? run)) return run;
        run = RunFile.Open(_reading, _folder, file, "run" + _aliases++);
        _runs.Add(file, run);
        _lookups?.Ensure(run);
        return run;
    }

    private void CloseUnused()
    {
        HashSet<string> current = [.. _current.Manifest.Runs.Select(r => r.File)];
        foreach (RunFile run in _runs.Values.Where(r => !current.Contains(r.File) && !_pins.ContainsKey(r.File)).ToArray())
        {
            _lookups?.Drop(run);
            run.Close();
            _runs.Remove(run.File);
        }
    }

    private sealed class ManifestPin(Action release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
