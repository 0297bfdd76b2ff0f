using System.Collections.Concurrent;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Schemas;

namespace Muster.Storage.Lake;

/// <summary>
/// The passes of a load over its input. A file that cannot be read to its end goes to the errors and does not stop a pass.
/// </summary>
internal sealed class LoadSteps(
    LoadRequest request, int threads, LakeFileLimits limits, LoadErrors errors, DuckDbWorkspace workspace, CancellationToken cancellation)
{
    private readonly RecordRules _rules = new(
        SchemaIsInferred: request.Schema is null,
        request.RequireEventFields && request.Behavior == DatasetBehavior.TimeSeries,
        request.AllowMissingIdentity);

    /// <summary>Opens the inputs.</summary>
    public InputSource[] Open()
    {
        if (request.Mapping is not null && request.Format != InputFormat.Csv)
            throw new ArgumentException("Only CSV has a mapping.", nameof(request));
        request.Csv?.Check();
        var sources = new List<InputSource>();
        for (int i = 0; i < request.Files.Count; i++)
        {
            InputFile file = request.Files[i];
            if (new FileInfo(file.Path).Length == 0) errors.Add(EmptyFile(file.Name), new RecordPlace(file.Name, 0));
            else Guard(file.Name, () => OpenFile(file, i, sources));
        }

        return [.. sources];
    }

    private void OpenFile(InputFile file, int index, List<InputSource> sources)
    {
        if (request.Format == InputFormat.Parquet || ParquetInput.IsParquet(file.Path))
        {
            string path = ParquetInput.PlainPath(file.Path, request.SpillFolder, index);
            PhysicalType columns = ParquetInput.Describe(path, workspace);
            sources.Add(new InputSource(index, file.Name, path, InputFormat.Parquet) { Columns = columns, IsLink = path != file.Path });
        }
        else if (request.Format == InputFormat.Csv)
        {
            CsvFormat format = request.Csv ?? CsvFormat.Default;
            CsvFile? csv = CsvFile.Open(file, format, request.Mapping, request.Schema is null, out string? problem);
            var noHeader = new RecordProblem(LoadErrorCodes.MissingHeader, $"The file '{file.Name}' {problem}.");
            if (csv is null) errors.AddFile(file.Name, noHeader);
            else sources.Add(new InputSource(index, file.Name, file.Path, InputFormat.Csv) { Csv = csv });
        }
        else
        {
            sources.Add(new InputSource(index, file.Name, file.Path, request.Format));
        }
    }

    /// <summary>
    /// The type of all records: of the columns of Parquet as they are, otherwise of the values; standard paths have standard types.
    /// </summary>
    /// <param name="sources">The inputs.</param>
    /// <param name="firstOnly">Whether to look only into the first few thousand records of each file.</param>
    public DataType Infer(InputSource[] sources, bool firstOnly)
    {
        DataType standard = request.Behavior == DatasetBehavior.TimeSeries ? XdmStandardSchema.Event : XdmStandardSchema.Profile;
        if (request.Mapping is not null && MappingTree.Of(request.Mapping).DeclaredType() is { } declared)
            standard = SchemaUnion.Of(standard, declared).Type;
        var whole = new SchemaInference(standard);
        foreach (InputSource source in sources.Where(s => s.Type is null))
        {
            IEnumerable<RecordChunk> chunks = firstOnly ? source.Read().Take(1) : source.Read();
            if (firstOnly) Try(() => OrderedWork.Run(chunks, threads, Observe, whole.Merge, cancellation));
            else Guard(source.Name, () => OrderedWork.Run(chunks, threads, Observe, whole.Merge, cancellation));
        }

        DataType schema = whole.Build();
        foreach (InputSource source in sources.Where(s => s.Type is not null))
            schema = SchemaUnion.Of(schema, SchemaUnion.WithStandardTypes(source.Type!, standard)).Type;
        return request.EarlierSchema is null ? schema : SchemaUnion.Of(request.EarlierSchema, schema).Type;

        SchemaInference Observe(RecordChunk chunk)
        {
            using (chunk)
            {
                var part = new SchemaInference(standard);
                for (int i = 0; i < chunk.Count; i++) part.Observe(chunk[i]);
                return part;
            }
        }
    }

    /// <summary>Whether a source may go to DuckDB as it is, as items for the lake; null if it must be read strictly.</summary>
    public IReadOnlyList<LakeItem>? ReadDirectly(InputSource source, DataType schema)
    {
        if (source.Csv is not null) return null;
        if (source.Columns is null) return new DirectScan(schema, _rules, limits, threads, cancellation).TryRead(source);
        if (ParquetCheck.TryVouch(source, schema, _rules, workspace) is not { } vouched) return null;
        var item = new LakeItem(LakeItemKind.Parquet, source.Path, vouched.Rows, 0) { Direct = source, Columns = vouched.Columns };
        if (vouched.IsLakeFile && new FileInfo(source.Path).Length <= limits.ParquetBytes) return [item with { IsLakeFile = true }];
        long parts = Math.Max(1, (vouched.Rows + limits.Rows - 1) / limits.Rows);
        if (parts == 1) return [item];
        return [.. Enumerable.Range(0, (int)parts).Select(i =>
        {
            (long from, long to) = (vouched.Rows * i / parts, vouched.Rows * (i + 1) / parts);
            return item with { Rows = to - from, Range = (from, to) };
        })];
    }

    /// <summary>Writes the good records of a source as JSON Lines for the lake, and the others to the failed ones.</summary>
    public void ReadStrictly(InputSource source, DataType schema, LakeWriter lake, FailedRecordFile failed)
    {
        string json = Path.Combine(request.SpillFolder, $"input-{source.Index}.jsonl");
        try
        {
            InputSource text = source;
            if (source.Columns is not null)
            {
                text = source with { Path = json, Format = InputFormat.JsonLines, Columns = null };
                if (!Guard(source.Name, () => ParquetInput.ToJsonLines(source.Path, json, workspace))) return;
            }

            Normalise(text, schema, lake, failed);
        }
        finally
        {
            File.Delete(json);
        }
    }

    private void Normalise(InputSource source, DataType schema, LakeWriter lake, FailedRecordFile failed)
    {
        var idle = new ConcurrentBag<RecordNormaliser>();
        using var output = new NormalisedOutput(request.SpillFolder, source.Index, lake, limits);
        long rows = 0;
        bool isWhole = Guard(source.Name, () => OrderedWork.Run(source.Read(), threads, Check, Take, cancellation));
        output.Complete();
        if (rows == 0 && isWhole) errors.Add(EmptyFile(source.Name), new RecordPlace(source.Name, 0));

        NormalisedChunk Check(RecordChunk chunk)
        {
            if (!idle.TryTake(out RecordNormaliser? normaliser)) normaliser = new RecordNormaliser(schema, _rules);
            using (chunk)
            {
                NormalisedChunk result = NormalisedChunk.Of(chunk, source.Name, normaliser);
                idle.Add(normaliser);
                return result;
            }
        }

        void Take(NormalisedChunk chunk)
        {
            output.Write(chunk);
            rows += chunk.Rows + chunk.Failed.Count;
            foreach (FailedRecord record in chunk.Failed)
            {
                failed.Append(record, source.Name);
                foreach (RecordProblem problem in record.Problems) errors.Add(problem, new RecordPlace(source.Name, record.Row));
            }
        }
    }

    private static RecordProblem EmptyFile(string name) => new(LoadErrorCodes.EmptyFile, $"The file '{name}' is empty.");

    private bool Guard(string fileName, Action read)
    {
        if (Try(read) is not { } reason) return true;
        errors.AddFile(fileName, new RecordProblem(LoadErrorCodes.Corrupt, $"The file '{fileName}' is damaged: {reason.TrimEnd('.')}."));
        return false;
    }

    // Why the file is damaged; null if it is not.
    private static string? Try(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
    }
}
