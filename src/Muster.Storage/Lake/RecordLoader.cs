using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;

namespace Muster.Storage.Lake;

/// <summary>
/// Turns input files into lake files: finds the schema or checks against the given one, sets failed records aside with their reasons, and
/// publishes the rest as Parquet. A file in which every record is plain goes to DuckDB as it is; any other is read strictly, record by
/// record, with the same outcome. What is wrong with the input is in the result; only faults of the machine are thrown.
/// </summary>
public sealed class RecordLoader
{
    private readonly DuckDbOptions _options;
    private readonly LakeFileLimits _limits;
    private readonly bool _readsDirectly;
    private readonly DurableFiles _files;

    /// <summary>Prepares to load.</summary>
    /// <param name="options">
    /// Bounds of the DuckDB instance of one load. Beside it a load holds at most one chunk of input a thread and one more, each of 4 MiB or
    /// the size of its longest record, and as much again of output.
    /// </param>
    /// <param name="files">Makes what it writes last; null for files that nobody watches.</param>
    public RecordLoader(DuckDbOptions options, DurableFiles? files = null)
        : this(options, LakeFileLimits.Default, readsDirectly: true, files)
    {
    }

    internal RecordLoader(DuckDbOptions options, LakeFileLimits limits, bool readsDirectly, DurableFiles? files = null) =>
        (_options, _limits, _readsDirectly, _files) = (options, limits, readsDirectly, files ?? DurableFiles.Plain);

    /// <summary>Loads files as one batch.</summary>
    /// <param name="request">What and where to.</param>
    /// <param name="progress">Told the share done, 0 to 1.</param>
    /// <param name="cancellation">Ends the load; it then leaves no lake file.</param>
    public Task<LoadResult> LoadAsync(LoadRequest request, IProgress<double>? progress, CancellationToken cancellation) =>
        Task.Run(() => Load(request, progress, cancellation), cancellation);

    private LoadResult Load(LoadRequest request, IProgress<double>? progress, CancellationToken cancellation)
    {
        _files.CreateFolder(request.TargetFolder);
        Directory.CreateDirectory(request.SpillFolder);
        using var workspace = new DuckDbWorkspace(Path.Combine(request.SpillFolder, "duckdb"), _options);
        try
        {
            return Load(request, workspace, _readsDirectly, progress, cancellation);
        }
        catch (DirectReadingException)
        {
            return Load(request, workspace, false, progress, cancellation);
        }
    }

    private LoadResult Load(
        LoadRequest request, DuckDbWorkspace workspace, bool readsDirectly, IProgress<double>? progress, CancellationToken cancellation)
    {
        var errors = new LoadErrors();
        var steps = new LoadSteps(request, _options.Threads, _limits, errors, workspace, cancellation);
        InputSource[] sources = steps.Open();
        try
        {
            return Load(request, steps, sources, workspace, errors, readsDirectly, progress, cancellation);
        }
        finally
        {
            foreach (InputSource source in sources)
                if (source.IsLink) File.Delete(source.Path);
        }
    }

    private LoadResult Load(
        LoadRequest request, LoadSteps steps, InputSource[] sources, DuckDbWorkspace workspace, LoadErrors errors, bool readsDirectly,
        IProgress<double>? progress, CancellationToken cancellation)
    {
        progress?.Report(0.1);
        IReadOnlyList<LakeItem>?[] direct = new IReadOnlyList<LakeItem>?[sources.Length];
        DataType schema = FindSchema(request, steps, sources, direct, readsDirectly && !errors.HasFileError);
        if (errors.HasFileError) return Rejected(schema, errors, null, 0, 0);
        progress?.Report(0.3);

        using var failed = new FailedRecordFile(Path.Combine(request.TargetFolder, FailedRecordFile.Name), _files);
        using var lake = new LakeWriter(request, schema, workspace, _limits, _files);
        for (int i = 0; i < sources.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (direct[i] is { } items) lake.AddDirect(items, isAlone: sources.Length == 1);
            else steps.ReadStrictly(sources[i], schema, lake, failed);
            progress?.Report(0.3 + (0.3 * (i + 1) / sources.Length));
        }

        string? failedPath = failed.Publish();
        long input = lake.Rows + failed.Count;
        if (errors.HasFileError || input == 0 || failed.Count > request.MaximumFailedShare * input)
            return Rejected(schema, errors, failedPath, input, failed.Count);
        cancellation.ThrowIfCancellationRequested();
        IReadOnlyList<LakeFile> files = lake.Complete();
        progress?.Report(1);
        return new LoadResult(true, schema, files, input, lake.Rows, failed.Count, failedPath, errors.ToList());
    }

    /// <summary>
    /// Finds the schema, and the sources that can go to DuckDB as they are. An inferred schema is first guessed from the first records of
    /// each file: if every record of every file is plain under the guess, the whole files would give the same schema, and need not be
    /// parsed for it.
    /// </summary>
    private static DataType FindSchema(
        LoadRequest request, LoadSteps steps, InputSource[] sources, IReadOnlyList<LakeItem>?[] direct, bool readsDirectly)
    {
        bool isGuess = request.Schema is null && readsDirectly;
        DataType schema = RecordColumns.AddTo(request.Schema ?? steps.Infer(sources, firstOnly: isGuess), request.Behavior);
        if (!readsDirectly) return schema;
        Vouch(stopAtFirst: isGuess);
        if (!isGuess || sources.Zip(direct).All(s => s.First.Type is not null || s.Second is not null)) return schema;
        DataType whole = RecordColumns.AddTo(steps.Infer(sources, firstOnly: false), request.Behavior);
        if (!whole.Equals(schema))
        {
            schema = whole;
            Array.Clear(direct);
        }

        Vouch(stopAtFirst: false);
        return schema;

        void Vouch(bool stopAtFirst)
        {
            for (int i = 0; i < sources.Length; i++)
            {
                direct[i] ??= steps.ReadDirectly(sources[i], schema);
                if (direct[i] is null && sources[i].Type is null && stopAtFirst) return;
            }
        }
    }

    private static LoadResult Rejected(DataType schema, LoadErrors errors, string? failedPath, long input, long failed) =>
        new(false, schema, [], input, 0, failed, failedPath, errors.ToList());
}
