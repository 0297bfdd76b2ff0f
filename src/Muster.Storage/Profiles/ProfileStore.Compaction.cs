using Muster.Storage.DuckDb;
using Muster.Storage.Files;

namespace Muster.Storage.Profiles;

/// <content>Compaction: many runs become one, beside everything else.</content>
public sealed partial class ProfileStore
{
    // More runs make every scan and look-up slower; a delta that is half the base costs as much to keep as to fold in.
    private const int MaxRuns = 8;

    /// <summary>About how many events a compaction sorts at a time; it bounds its memory.</summary>
    internal long EventsSortedAtOnce { get; set; } = 4_000_000;

    /// <summary>The view of a state that is due for compaction; null if none is.</summary>
    public static ProfileView? DueForCompaction(StoreManifest manifest) => manifest.Views.FirstOrDefault(v => v.Runs.Count > 1
        && (v.Runs.Count > MaxRuns || v.Runs.Skip(1).Sum(r => r.Profiles + r.Events) > (v.Runs[0].Profiles + v.Runs[0].Events) / 2));

    /// <summary>Writes one run that holds what counts in the runs of a view. Nothing visible changes.</summary>
    /// <param name="manifest">A state.</param>
    /// <param name="method">The view.</param>
    /// <param name="cancellationToken">Leaves no file behind.</param>
    /// <exception cref="InvalidOperationException">Another compaction is under way.</exception>
    public async Task<PreparedCompaction> PrepareCompactionAsync(StoreManifest manifest, MergeMethod method, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if ((_preparing & 2) != 0) throw new InvalidOperationException("Another compaction of this store is under way.");
            _preparing |= 2;
        }
        OpenManifest pinned = PinManifest(manifest);
        try
        {
            return await Task.Run(() => Compact(pinned.View(method)!, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            EndCompaction();
            throw;
        }
        finally
        {
            Release(pinned);
        }
    }

    /// <summary>Makes a state current in which a compacted run takes the place of those it was made of, after its manifest was committed.</summary>
    public void PublishCompaction(StoreManifest manifest)
    {
        lock (_gate)
        {
            _current = Open(manifest);
            CloseUnused();
        }
        EndCompaction();
    }

    /// <summary>Forgets a compaction and deletes its file.</summary>
    public void DiscardCompaction(PreparedCompaction prepared)
    {
        File.Delete(Path.Combine(_folder, prepared.Run.File));
        EndCompaction();
    }

    private PreparedCompaction Compact(OpenView view, CancellationToken cancellationToken)
    {
        // One thread: it runs beside the work that people wait for.
        using var workspace = new DuckDbWorkspace(
            Path.Combine(_folder, ProfileApply.Folder, "work", Guid.NewGuid().ToString("N")), _options with { Threads = 1 });
        using CancellationTokenRegistration interrupt = cancellationToken.Register(() => workspace.Connection.NativeConnection.Interrupt());
        string file = $"{ProfileApply.Folder}/runs/{Guid.NewGuid():N}.duckdb";
        (long profiles, long events) = (0, 0);
        try
        {
            _files.Publish(Path.Combine(_folder, file), temporary => (profiles, events) = new RunCompaction(workspace, _folder, view, EventsSortedAtOnce).Write(temporary));
            _files.Reach(StoreStep.Compaction);
        }
        catch (DuckDB.NET.Data.DuckDBException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        return new PreparedCompaction(view.View, new RunEntry(file, profiles, events, 0));
    }

    private void EndCompaction()
    {
        lock (_gate) _preparing &= ~2;
    }
}

/// <summary>A run that is written and flushed, but which no manifest names yet.</summary>
/// <param name="Compacted">The view whose runs it was made of.</param>
/// <param name="Run">The run.</param>
public sealed record PreparedCompaction(ProfileView Compacted, RunEntry Run)
{
    /// <summary>A state with this run instead of those it was made of; null if the state has them no more.</summary>
    public StoreManifest? In(StoreManifest manifest)
    {
        if (manifest.View(Compacted.Method) is not { } view) return null;
        bool same = view.Runs.Count >= Compacted.Runs.Count && view.Runs.Take(Compacted.Runs.Count).SequenceEqual(Compacted.Runs);
        if (!same) return null;
        ProfileView compacted = view with { Runs = [Run, .. view.Runs.Skip(Compacted.Runs.Count)] };
        return manifest with { Views = [.. manifest.Views.Select(v => ReferenceEquals(v, view) ? compacted : v)] };
    }
}
