using Muster.Storage.Profiles;

namespace Muster.Storage.Lookup;

/// <summary>What the lookup store keeps of one open run.</summary>
internal sealed class LookupRun
{
    // Held while the run is read; whoever closes the run waits for it.
    private readonly Lock _reading = new();
    private readonly Lock _gate = new();
    private readonly RunFile _run;
    private readonly string _folder;
    private readonly CancellationTokenSource _cancellation;

    // Damaged ones are open until the run is closed: somebody may be reading them.
    private readonly List<LookupFile> _damaged = [];
    private volatile LookupFile? _file;
    private bool _isClosed;
    private bool _isDeleted;

    /// <param name="run">The run.</param>
    /// <param name="folder">Where its store is, or is to be.</param>
    /// <param name="stopping">Stops filling.</param>
    public LookupRun(RunFile run, string folder, CancellationToken stopping)
    {
        _run = run;
        _folder = folder;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    }

    /// <summary>The store; null until it is complete.</summary>
    public LookupFile? File => _file;

    /// <summary>True once the run is being closed: a fill that fails then is no failure.</summary>
    public bool IsStopped => _cancellation.IsCancellationRequested;

    /// <summary>True if the last fill failed. Under the gate of the owner.</summary>
    public bool HasFailed { get; set; }

    /// <summary>The folders that it may use.</summary>
    public IEnumerable<string> Folders => [_folder, _folder + LookupFileWriter.Unfinished];

    /// <summary>Opens the store, which is made first unless a sound one is there. One thread calls it.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Fill(LookupOptions options)
    {
        // The files of a run have unique names; the counts guard against a folder that was put there by hand.
        byte[] marker = LookupFile.Marker(_run.Ordinals.Length, _run.Events);
        LookupFile? file = _damaged.Count > 0 ? null : LookupFile.TryOpen(_folder, options, marker);
        if (file is null)
        {
            using (var writer = new LookupFileWriter(_folder, options))
            {
                lock (_reading)
                {
                    _cancellation.Token.ThrowIfCancellationRequested();
                    LookupFill.Copy(_run, writer, _cancellation.Token);
                }
                writer.Complete(marker);
            }
            file = LookupFile.TryOpen(_folder, options, marker)
                ?? throw new InvalidDataException("A lookup store cannot be read after it was written.");
        }
        Publish(file);
    }

    /// <summary>Stops using a store in which damage was found; false if that was done already.</summary>
    public bool SetAside(LookupFile file)
    {
        lock (_gate)
        {
            if (_isClosed || !ReferenceEquals(_file, file)) return false;
            _file = null;
            _damaged.Add(file);
            return true;
        }
    }

    /// <summary>Ends the reading of the run; waits for at most a chunk of rows and the flush of one file.</summary>
    public void Stop()
    {
        _cancellation.Cancel();
        lock (_reading) { }
    }

    /// <summary>Closes the store. Nobody may be reading it.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _file?.Dispose();
            _file = null;
            foreach (LookupFile file in _damaged) file.Dispose();
        }
    }

    /// <summary>Deletes the store, after it was closed.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            _isDeleted = true;
            DeleteFolder();
        }
    }

    private void Publish(LookupFile file)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _file = file;
                return;
            }
            file.Dispose();
            if (_isDeleted) DeleteFolder();
        }
    }

    private void DeleteFolder()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
