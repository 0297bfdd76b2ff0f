using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;

namespace Muster.Storage.Lake;

/// <summary>
/// Turns input files into lake files: finds the schema or checks against the given one, sets failed records aside with their reasons, and
/// publishes the rest as Parquet. What is wrong with the input is in the result; only faults of the machine are thrown.
/// </summary>
/// <param name="options">Bounds of the DuckDB instance of one load.</param>
/// <param name="files">Makes what it writes last; null for files that nobody watches.</param>
public sealed class RecordLoader(DuckDbOptions options, DurableFiles? files = null)
{
    private readonly DurableFiles _files = files ?? DurableFiles.Plain;

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
        string normalised = Path.Combine(request.SpillFolder, "normalised.jsonl");
        var errors = new LoadErrors();
        var steps = new LoadSteps(options.Threads, errors, cancellation);
        using var workspace = new DuckDbWorkspace(Path.Combine(request.SpillFolder, "duckdb"), options);
        InputSource[] sources = [];
        try
        {
            sources = steps.Open(request, workspace);
            progress?.Report(0.1);
            DataType schema = RecordColumns.AddTo(request.Schema ?? steps.Infer(sources, request), request.Behavior);
            if (errors.HasFileError) return Rejected(schema, errors, null, 0, 0);
            progress?.Report(0.3);

            using var failed = new FailedRecordFile(Path.Combine(request.TargetFolder, FailedRecordFile.Name), _files);
            NormalisedRecords records = steps.Normalise(sources, schema, request, normalised, failed);
            string? failedPath = failed.Publish();
            long input = records.Rows + failed.Count;
            if (errors.HasFileError || input == 0 || failed.Count > request.MaximumFailedShare * input)
                return Rejected(schema, errors, failedPath, input, failed.Count);
            progress?.Report(0.6);

            cancellation.ThrowIfCancellationRequested();
            LakeFile[] files = records.Rows == 0
                ? []
                : [ParquetOutput.Write(normalised, records.LargestBytes, records.Rows, schema, request.TargetFolder, workspace, _files)];
            progress?.Report(1);
            return new LoadResult(true, schema, files, input, records.Rows, failed.Count, failedPath, errors.ToList());
        }
        finally
        {
            File.Delete(normalised);
            foreach (InputSource source in sources)
                if (source.IsTemporary) File.Delete(source.Path);
        }
    }

    private static LoadResult Rejected(DataType schema, LoadErrors errors, string? failedPath, long input, long failed) =>
        new(false, schema, [], input, 0, failed, failedPath, errors.ToList());
}
