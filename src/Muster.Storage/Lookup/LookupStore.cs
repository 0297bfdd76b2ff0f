using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Muster.Storage.Profiles;
using RocksDbSharp;

namespace Muster.Storage.Lookup;

/// <summary>
/// The merged profiles of the open runs of a sandbox, for reading one by one in microseconds. Derived and disposable: what is missing,
/// damaged or
/// of another version is made again from the run, one run at a time, in a thread of low priority; until then <see cref="TryRead"/> finds
/// nothing
/// and the caller reads the run. A run never changes, so neither does what is kept of it. Thread-safe.
/// </summary>
public sealed class LookupStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly LookupOptions _options = new();
    private readonly ConcurrentDictionary<string, LookupRun> _runs = new(StringComparer.Ordinal);
    private readonly Queue<LookupRun> _waiting = [];
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource? _atRest;
    private string? _failure;

    /// <summary>Makes the store of a sandbox; nothing is read or written before the first run is opened.</summary>
    /// <param name="folder">The folder of the store, which is its alone.</param>
    public LookupStore(string folder) => _folder = folder;

    /// <summary>What it holds.</summary>
    public LookupState State
    {
        get
        {
            long bytes = Directory.Exists(_folder)
                ? new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) : 0;
            lock (_gate) return new LookupState(_runs.Count, _runs.Values.Count(r => r.File is not null), bytes, _failure);
        }
    }

    /// <summary>Completes when nothing is left to fill, or filling has failed.</summary>
    public Task WhenFilledAsync()
    {
        lock (_gate) return _atRest?.Task ?? Task.CompletedTask;
    }

    /// <summary>A run was opened: its profiles are to be found here, soon.</summary>
    internal void Ensure(RunFile run)
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested) return;
            var opened = new LookupRun(run, Path.Combine(_folder, Path.GetFileNameWithoutExtension(run.File)), _stopping.Token);
            if (!_runs.TryAdd(run.File, opened)) return;
            foreach (LookupRun failed in _runs.Values.Where(r => r.HasFailed)) Enqueue(failed);
            Enqueue(opened);
        }
    }

    /// <summary>A run is about to be closed for good: nobody reads it any more, and after the return neither does this.</summary>
    internal void Drop(RunFile run)
    {
        if (!_runs.TryRemove(run.File, out LookupRun? dropped)) return;
        dropped.Stop();
        dropped.Close();
        dropped.Delete();
    }

    /// <summary>A profile of a run, if it is here. The caller keeps the run open meanwhile.</summary>
    internal bool TryRead(RunFile run, long ordinal, [NotNullWhen(true)] out StoredProfile? profile)
    {
        profile = null;
        if (!_runs.TryGetValue(run.File, out LookupRun? opened) || opened.File is not { } file) return false;
        try
        {
            if (file.Read(ordinal) is not { } bytes) return false;
            profile = LookupRecord.Read(ordinal, bytes, run.SourceSets);
            return true;
        }
        catch (Exception damage) when (damage is RocksDbException or InvalidDataException)
        {
            lock (_gate)
            {
                _failure = damage.Message;
                if (opened.SetAside(file) && !_stopping.IsCancellationRequested) Enqueue(opened);
            }
            return false;
        }
    }

    /// <summary>Removes what is kept of runs that are not open: remains of an earlier process.</summary>
    internal void Sweep()
    {
        lock (_gate)
        {
            if (!Directory.Exists(_folder)) return;
            HashSet<string> needed = [.. _runs.Values.SelectMany(r => r.Folders)];
            foreach (string folder in Directory.EnumerateDirectories(_folder))
                if (!needed.Contains(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Stops filling and closes everything; the files stay for the next process. Nobody may be reading.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested) return;
            _stopping.Cancel();
        }
        foreach (LookupRun run in _runs.Values)
        {
            run.Stop();
            run.Close();
        }
        WhenFilledAsync().Wait();
        _stopping.Dispose();
    }

    // Under the gate.
    private void Enqueue(LookupRun run)
    {
        run.HasFailed = false;
        _waiting.Enqueue(run);
        if (_atRest is not null) return;
        _atRest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(FillAll) { IsBackground = true, Name = "lookup fill", Priority = ThreadPriority.Lowest }.Start();
    }

    private void FillAll()
    {
        ThreadNiceness.Lower();
        while (true)
        {
            LookupRun? run;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out run))
                {
                    _atRest!.SetResult();
                    _atRest = null;
                    return;
                }
            }
            try
            {
                run.Fill(_options);
            }
#pragma warning disable CA1031 // The end of a thread: whatever is wrong, lookups go on without the store.
            catch (Exception) when (run.IsStopped)
            {
                // The run was closed, which may take the folder away under the fill at any point, or the process stops.
            }
            catch (Exception exception)
            {
                lock (_gate)
                {
                    _failure = exception.Message;
                    run.HasFailed = true;
                }
            }
#pragma warning restore CA1031
        }
    }
}
