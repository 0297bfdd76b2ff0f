using RocksDbSharp;

namespace Muster.Storage.Lookup;

/// <summary>
/// Writes a store of profiles: sorted files that are then taken over whole, so nothing is sorted, logged or compacted. It appears under its
/// name
/// only when it is complete. Memory: one block and the index of one file. Not thread-safe.
/// </summary>
internal sealed unsafe class LookupFileWriter : IDisposable
{
    /// <summary>What the name of a store ends with as long as it is being written.</summary>
    public const string Unfinished = ".new";

    // Small enough that flushing one to disk is short, since whoever wants the fill to stop waits for it.
    private const long FileBytes = 32 << 20;

    private readonly string _folder;
    private readonly string _work;
    private readonly LookupOptions _options;
    private readonly EnvOptions _environment = new();
    private readonly List<string> _files = [];
    private SstFileWriter? _writer;
    private long _written;

    /// <param name="folder">Where the store is to be.</param>
    /// <param name="options">The same that reads it.</param>
    public LookupFileWriter(string folder, LookupOptions options)
    {
        _folder = folder;
        _work = folder + Unfinished;
        _options = options;
        if (Directory.Exists(_work)) Directory.Delete(_work, recursive: true);
        Directory.CreateDirectory(_work);
    }

    /// <summary>Adds an entry behind all others.</summary>
    /// <exception cref="RocksDbException">The disk is full, or the ordinal is not above the last.</exception>
    public void Add(long ordinal, ReadOnlySpan<byte> value)
    {
        Span<byte> key = stackalloc byte[sizeof(long)];
        LookupFile.WriteKey(key, ordinal);
        SstFileWriter writer = _writer ??= Open();
        fixed (byte* keyBytes = key, valueBytes = value)
            Native.Instance.rocksdb_sstfilewriter_put(writer.Handle, keyBytes, (nuint)key.Length, valueBytes, (nuint)value.Length);
        _written += value.Length;
        if (_written >= FileBytes) FinishFile();
    }

    /// <summary>Writes the marker and gives the store its name.</summary>
    public void Complete(byte[] marker)
    {
        Add(LookupFile.MarkerKey, marker);
        FinishFile();
        string made = Path.Combine(_work, "store");
        using (RocksDb database = RocksDb.Open(_options.Database(readOnly: false), made))
            database.IngestExternalFiles([.. _files], new IngestExternalFileOptions().SetMoveFiles(true));
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        Directory.Move(made, _folder);
    }

    /// <summary>Removes what is not part of a complete store.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        if (Directory.Exists(_work)) Directory.Delete(_work, recursive: true);
    }

    private SstFileWriter Open()
    {
        string file = Path.Combine(_work, $"{_files.Count}.sst");
        var writer = new SstFileWriter(_environment, _options.SortedFile());
        writer.Open(file);
        _files.Add(file);
        _written = 0;
        return writer;
    }

    private void FinishFile()
    {
        _writer?.Finish();
        _writer?.Dispose();
        _writer = null;
    }
}
