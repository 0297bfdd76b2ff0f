using DuckDB.NET.Data;
using Muster.Engine.Columns;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Identity;
using Muster.Storage.Lookup;

namespace Muster.Storage.Profiles;

/// <summary>
/// The profiles of one sandbox: the merge of all applied batches under each method that is used, as immutable files that a manifest names. Whoever
/// owns the manifest decides what the state is; this class writes the files of the next state and reads those of any. Thread-safe; one change at a
/// time, and one compaction beside it.
/// </summary>
public sealed partial class ProfileStore : IAsyncDisposable
{
    // Of blocks of runs. What is read again comes from the system's cache, which the machine gives and takes as it needs.
    private const int ReadingMegabytes = 512;

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly DuckDbOptions _options;
    private readonly DurableFiles _files;
    private readonly IdentityGraph _graph;
    private readonly DuckDBConnection _reading;
    private readonly LookupStore? _lookups;
    private readonly Dictionary<string, RunFile> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _pins = new(StringComparer.Ordinal);
    private OpenManifest _current;
    private PreparedApply? _prepared;
    private int _preparing;
    private int _aliases;

    private ProfileStore(string folder, StoreManifest manifest, DuckDbOptions options, DurableFiles files, string? lookupFolder)
    {
        _folder = folder;
        _options = options;
        _files = files;
        _graph = IdentityFile.Load(manifest.IdentityFiles.Select(f => Path.Combine(folder, f)));
        if (_graph.Identities.Count != manifest.NextIdentityOrdinal || _graph.ProfileOrdinals != manifest.NextProfileOrdinal)
            throw new InvalidDataException("The identity files do not hold what the manifest says.");
        _reading = new DuckDBConnection("DataSource=:memory:");
        _reading.Open();
        using (DuckDBCommand command = _reading.CreateCommand())
        {
            // One thread a scan: blocks are read side by side, and a scan in its caller's thread is the fastest.
            command.CommandText = $"SET GLOBAL TimeZone = 'UTC'; SET threads = 1; SET memory_limit = '{Math.Min(options.MemoryLimitMegabytes, ReadingMegabytes)}MB'; SET temp_directory = ''; SET parquet_metadata_cache = true";
            command.ExecuteNonQuery();
        }
        EventIdentities.Register(_reading, _graph);
        _lookups = lookupFolder is null ? null : new LookupStore(lookupFolder);
        try
        {
            _current = Open(manifest);
        }
        catch
        {
            _lookups?.Dispose();
            throw;
        }
        _lookups?.Sweep();
    }

    /// <summary>Opens the state that a manifest names, <see cref="StoreManifest.Empty"/> for none.</summary>
    /// <param name="folder">The sandbox folder; the store's own files are under <c>profiles</c> in it.</param>
    /// <param name="manifest">The committed state.</param>
    /// <param name="options">Bounds for applying batches; reading takes a second instance with the same memory.</param>
    /// <param name="files">Makes what it writes last.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="lookupFolder">Where profiles are kept for reading one by one, a folder of its own; null: they are read from the runs.</param>
    /// <exception cref="InvalidDataException">A file is damaged or missing rows: the state must be made anew from the lake.</exception>
    public static Task<ProfileStore> OpenAsync(
        string folder, StoreManifest manifest, DuckDbOptions options, DurableFiles files, CancellationToken cancellationToken,
        string? lookupFolder = null) =>
        Task.Run(() => new ProfileStore(folder, manifest, options, files, lookupFolder), cancellationToken);

    /// <summary>
    /// True where nothing else knows who is in our own segments: then what records say of them in <c>segmentMembership</c> counts. False where
    /// segments are evaluated, since a record's word is old news there. Set before the first batch.
    /// </summary>
    public bool KeepsOwnMemberships { get; set; }

    /// <summary>Where profiles are kept for reading one by one; null if they are not.</summary>
    public LookupStore? Lookups => _lookups;

    /// <summary>The published state.</summary>
    public StoreManifest Current => _current.Manifest;

    /// <summary>Writes the files of the next state: the current one and a change. Nothing visible changes.</summary>
    /// <exception cref="InvalidOperationException">The last prepared state was neither published nor discarded.</exception>
    public async Task<PreparedApply> PrepareAsync(StoreChange change, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        OpenManifest current;
        lock (_gate)
        {
            if ((_preparing & 1) != 0 || _prepared is not null) throw new InvalidOperationException("Another change of this store is prepared.");
            _preparing |= 1;
            current = _current;
        }
        PreparedApply? prepared = null;
        try
        {
            PreparedApply written = await Task.Run(
                () => new ProfileApply(_folder, _graph, current, _options, KeepsOwnMemberships, _files).Run(change, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
            OpenPrepared(written);
            prepared = written;
            return prepared;
        }
        finally
        {
            if (prepared is null) _graph.Rollback();
            lock (_gate)
            {
                _prepared = prepared;
                _preparing &= ~1;
            }
        }
    }

    /// <summary>Makes a prepared state the current one, after its manifest was committed.</summary>
    /// <param name="prepared">What was committed.</param>
    /// <param name="manifest">The manifest as it was committed: that of <paramref name="prepared"/> with what the commit added.</param>
    public void Publish(PreparedApply prepared, StoreManifest manifest)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_prepared, prepared)) throw new InvalidOperationException("This change is not prepared.");
            _graph.Commit();
            _current = Open(manifest);
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
            CloseUnused();
            foreach (string file in prepared.Files) File.Delete(Path.Combine(_folder, file));
        }
    }

    /// <summary>Opens the profiles of a state for scanning. Its files stay until the source is disposed.</summary>
    /// <exception cref="ArgumentException">The state has no view of this method.</exception>
    public IBlockSource OpenBlocks(StoreManifest manifest, MergeMethod method)
    {
        OpenManifest pinned = PinManifest(manifest);
        if (pinned.View(method) is { } view) return new ProfileBlockSource(view, () => Release(pinned));
        Release(pinned);
        throw new ArgumentException($"The profiles of the merge method {method.Key} are not there yet.", nameof(method));
    }

    /// <summary>Keeps the files of a state until the result is disposed, and reads them.</summary>
    public PinnedProfiles Pin(StoreManifest manifest)
    {
        OpenManifest pinned = PinManifest(manifest);
        return new PinnedProfiles(pinned, _lookups, () => Release(pinned));
    }

    /// <summary>Reads a profile of a state; null if it has none of that ordinal, or no view of the method.</summary>
    public Task<ProfileDocument?> ReadProfileAsync(StoreManifest manifest, MergeMethod method, long ordinal, CancellationToken cancellationToken) =>
        ReadAsync(manifest, method, reader => reader.Read(ordinal), cancellationToken);

    /// <summary>Reads events of a profile of a state; none if it has no profile of that ordinal.</summary>
    public async Task<IReadOnlyList<ProfileEvent>> ReadEventsAsync(
        StoreManifest manifest, MergeMethod method, long ordinal, EventQuery query, CancellationToken cancellationToken) =>
        await ReadAsync(manifest, method, reader => reader.ReadEvents(ordinal, query), cancellationToken).ConfigureAwait(false) ?? [];

    /// <summary>Deletes the store's files that neither the current state, nor an open source, nor a prepared state names.</summary>
    /// <returns>How many it deleted.</returns>
    public int Sweep()
    {
        lock (_gate)
        {
            if (_preparing != 0) return 0;
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

    private async Task<T?> ReadAsync<T>(StoreManifest manifest, MergeMethod method, Func<ProfileReader, T?> read, CancellationToken cancellationToken) where T : class
    {
        OpenManifest pinned = PinManifest(manifest);
        try
        {
            if (pinned.View(method) is not { } view) return null;
            return await Task.Run(() => read(new ProfileReader(view, pinned.Batches)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Release(pinned);
        }
    }

    // Before the commit: whatever cannot be opened must not be committed, for then the state could not be read by the one who made it.
    private void OpenPrepared(PreparedApply prepared)
    {
        try
        {
            lock (_gate)
            {
                Open(prepared.Manifest);
                _prepared = prepared;
            }
        }
        catch
        {
            lock (_gate) CloseUnused();
            foreach (string file in prepared.Files) File.Delete(Path.Combine(_folder, file));
            throw;
        }
    }

    private OpenManifest PinManifest(StoreManifest manifest)
    {
        lock (_gate)
        {
            OpenManifest pinned = ReferenceEquals(manifest, _current.Manifest) ? _current : Open(manifest);
            foreach (RunFile run in pinned.Runs) _pins[run.File] = _pins.GetValueOrDefault(run.File) + 1;
            return pinned;
        }
    }

    private void Release(OpenManifest pinned)
    {
        lock (_gate)
        {
            foreach (RunFile run in pinned.Runs)
                if (--_pins[run.File] == 0) _pins.Remove(run.File);
            CloseUnused();
        }
    }

    private OpenManifest Open(StoreManifest manifest) => new(manifest, [.. manifest.Views.Select(v => new OpenView(v, [.. v.Runs.Select(r => Open(r.File))]))]);

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
        HashSet<string> current = [.. _current.Runs.Select(r => r.File)];
        if (_prepared is not null) current.UnionWith(_prepared.Manifest.Views.SelectMany(v => v.Runs).Select(r => r.File));
        foreach (RunFile run in _runs.Values.Where(r => !current.Contains(r.File) && !_pins.ContainsKey(r.File)).ToArray())
        {
            _lookups?.Drop(run);
            run.Close();
            _runs.Remove(run.File);
        }
    }
}
