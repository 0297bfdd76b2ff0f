using System.Security.Cryptography;
using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;

namespace Muster.Storage.Lake;

/// <summary>
/// Makes the lake files of a load, in the order of the input. Items are gathered until a file is full, so that many small inputs make one
/// file. Disposed without <see cref="Complete"/>, it removes what it published.
/// </summary>
internal sealed class LakeWriter : IDisposable
{
    private const int RowGroupRows = 122_880;
    private const int LargestRecordByDefault = 16 << 20;

    private readonly LoadRequest _request;
    private readonly DuckDbWorkspace _workspace;
    private readonly LakeFileLimits _limits;
    private readonly DurableFiles _durable;
    private readonly string _columns;
    private readonly List<LakeItem> _pending = [];
    private readonly List<LakeFile> _files = [];
    private bool _isComplete;
    private int _parts;

    /// <summary>Prepares to write.</summary>
    /// <param name="request">Says where to.</param>
    /// <param name="schema">The columns of the lake files.</param>
    /// <param name="workspace">Converts.</param>
    /// <param name="limits">How large a file gets.</param>
    /// <param name="files">Makes the files last.</param>
    public LakeWriter(LoadRequest request, DataType schema, DuckDbWorkspace workspace, LakeFileLimits limits, DurableFiles files)
    {
        (_request, _workspace, _limits, _durable) = (request, workspace, limits, files);
        _columns = string.Join(", ", schema.Fields.Select(f => $"{SqlText.Literal(f.Name)}: {SqlText.Literal(SqlText.Type(f.Type))}"));
    }

    /// <summary>The records added.</summary>
    public long Rows => _files.Sum(f => f.Rows) + _pending.Sum(i => i.Rows);

    /// <summary>Adds records after those before.</summary>
    public void Add(LakeItem item)
    {
        bool isFull = _pending.Count > 0
            && (_pending.Sum(i => i.Rows) + item.Rows > _limits.Rows || _pending.Sum(i => i.Bytes) + item.Bytes > _limits.JsonBytes);
        if (isFull) Flush();
        if (item.Rows > 0) _pending.Add(item);
        else Remove(item);
    }

    /// <summary>Adds the items of a source that DuckDB reads as it is; a lake file among them is copied.</summary>
    /// <param name="items">The items.</param>
    /// <param name="isAlone">Whether they are all that is loaded. Small ones among many are put together instead.</param>
    public void AddDirect(IReadOnlyList<LakeItem> items, bool isAlone)
    {
        foreach (LakeItem item in items)
        {
            if (item.IsLakeFile && (isAlone || item.Rows >= RowGroupRows)) AddFile(item);
            else Add(item);
        }
    }

    /// <summary>Writes what is pending to a file of its own.</summary>
    /// <exception cref="DirectReadingException">DuckDB does not read an input that was to go to it as it is.</exception>
    public void Flush()
    {
        if (_pending.Count == 0) return;
        try
        {
            Write();
        }
        finally
        {
            _pending.ForEach(Remove);
            _pending.Clear();
        }
    }

    /// <summary>Writes what is pending; the files now stay.</summary>
    public IReadOnlyList<LakeFile> Complete()
    {
        Flush();
        _isComplete = true;
        return _files;
    }

    public void Dispose()
    {
        _pending.ForEach(Remove);
        if (_isComplete) return;
        foreach (LakeFile file in _files) File.Delete(file.Path);
    }

    private void AddFile(LakeItem item)
    {
        Flush();
        string target = NewPath();
        string hash = "";
        _durable.Publish(target, temporary => hash = Copy(item.Path, temporary));
        _files.Add(new LakeFile(target, item.Rows, new FileInfo(target).Length, hash));
    }

    private void Write()
    {
        long rows = _pending.Sum(i => i.Rows);
        bool isDirect = _pending.Exists(i => i.Direct is not null);
        string path = NewPath();
        var copies = new List<string>();
        try
        {
            string select = SelectPending(copies);
            _durable.Publish(path, temporary => _workspace.Execute(
                $"COPY ({select}) TO {SqlText.Literal(temporary)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, "
                + $"ROW_GROUP_SIZE {RowGroupRows})"));
        }
        catch (DuckDBException e) when (isDirect && !StorageFault.IsOfTheMachine(e))
        {
            throw new DirectReadingException("DuckDB refuses an input.", e);
        }
        finally
        {
            copies.ForEach(File.Delete);
        }

        long written = _workspace.Scalar<long>($"SELECT count(*) FROM {ParquetInput.Relation(path)}");
        if (written != rows)
        {
            File.Delete(path);
            string message = $"The lake file has {written} rows instead of {rows}.";
            throw isDirect ? new DirectReadingException(message) : new InvalidOperationException(message);
        }

        using FileStream file = File.OpenRead(path);
        _files.Add(new LakeFile(path, rows, file.Length, Convert.ToHexStringLower(SHA256.HashData(file))));
    }

    private string SelectPending(List<string> copies)
    {
        int limit = Math.Max(LargestRecordByDefault, checked(_pending.Max(i => i.LargestBytes) + 1024));
        var selects = new List<string>();
        var run = new List<LakeItem>();
        foreach (LakeItem item in _pending)
        {
            if (run.Count > 0 && run[0].Kind != item.Kind) EndRun();
            run.Add(item.IsPart ? item with { Path = CopyPart(item, copies) } : item);
        }

        EndRun();
        return string.Join(" UNION ALL ", selects);

        void EndRun()
        {
            selects.Add(LakeItem.Select(run, _columns, limit));
            run.Clear();
        }
    }

    private string CopyPart(LakeItem item, List<string> copies)
    {
        string path = Path.Combine(_request.SpillFolder, $"part-{_parts++}.jsonl");
        copies.Add(path);
        using FileStream source = File.OpenRead(item.Path);
        using var target = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1);
        source.Position = item.Offset;
        byte[] buffer = new byte[1 << 20];
        for (long left = item.Bytes; left > 0;)
        {
            int read = source.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0) break;
            target.Write(buffer, 0, read);
            left -= read;
        }

        return path;
    }

    private static string Copy(string from, string to)
    {
        using FileStream source = File.OpenRead(from);
        using var target = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        for (int read = source.Read(buffer); read > 0; read = source.Read(buffer))
        {
            hash.AppendData(buffer, 0, read);
            target.Write(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Remove(LakeItem item)
    {
        if (item.IsTemporary) File.Delete(item.Path);
    }

    private string NewPath() => Path.Combine(Path.GetFullPath(_request.TargetFolder), $"part-{Guid.NewGuid():N}.parquet");
}

/// <summary>DuckDB does not find in an input what the check of it found: the load begins again without direct reading.</summary>
internal sealed class DirectReadingException : Exception
{
    public DirectReadingException()
    {
    }

    public DirectReadingException(string message)
        : base(message)
    {
    }

    public DirectReadingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
