using System.Collections.Concurrent;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Schemas;

namespace Muster.Storage.Lake;

/// <summary>
/// The passes of a load over its input. A file that cannot be read to its end goes to the errors and does not stop a pass.
/// </summary>
internal sealed class LoadSteps(int threads, LoadErrors errors, CancellationToken cancellation)
{
    /// <summary>Opens the inputs; Parquet becomes JSON Lines in the spill folder.</summary>
    public InputSource[] Open(LoadRequest request, DuckDbWorkspace workspace)
    {
        var sources = new List<InputSource>();
        for (int i = 0; i < request.Files.Count; i++)
        {
            InputFile file = request.Files[i];
            if (new FileInfo(file.Path).Length == 0)
            {
                errors.Add(EmptyFile(file.Name), new RecordPlace(file.Name, 0));
            }
            else if (request.Format == InputFormat.Parquet || ParquetInput.IsParquet(file.Path))
            {
                string json = Path.Combine(request.SpillFolder, $"input-{i}.jsonl");
                DataType? type = null;
                Guard(file.Name, () => type = ParquetInput.ToJsonLines(file.Path, json, workspace));
                if (type is not null) sources.Add(new InputSource(file.Name, json, InputFormat.JsonLines, IsTemporary: true, type));
            }
            else
            {
                sources.Add(new InputSource(file.Name, file.Path, request.Format, IsTemporary: false, null));
            }
        }

        return [.. sources];
    }

    /// <summary>
    /// The type of all records: of the columns of Parquet as they are, otherwise of the values; standard paths have standard types.
    /// </summary>
    public DataType Infer(InputSource[] sources, LoadRequest request)
    {
        DataType standard = request.Behavior == DatasetBehavior.TimeSeries ? XdmStandardSchema.Event : XdmStandardSchema.Profile;
        var whole = new SchemaInference(standard);
        foreach (InputSource source in sources.Where(s => s.Type is null))
        {
            IEnumerable<RecordChunk> chunks = RecordFile.Read(source.Path, source.Format);
            Guard(source.Name, () => OrderedWork.Run(chunks, threads, Observe, whole.Merge, cancellation));
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

    /// <summary>Writes the good records to one file of JSON Lines and the others to the failed ones.</summary>
    public NormalisedRecords Normalise(InputSource[] sources, DataType schema, LoadRequest request, string path, FailedRecordFile failed)
    {
        var rules = new RecordRules(
            SchemaIsInferred: request.Schema is null,
            request.RequireEventFields && request.Behavior == DatasetBehavior.TimeSeries,
            request.AllowMissingIdentity);
        var idle = new ConcurrentBag<RecordNormaliser>();
        var total = new NormalisedRecords();
        using var output = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1);
        foreach (InputSource source in sources)
        {
            long rows = 0;
            IEnumerable<RecordChunk> chunks = RecordFile.Read(source.Path, source.Format);
            Guard(source.Name, () => OrderedWork.Run(chunks, threads, chunk => Check(chunk, source), Take, cancellation));
            if (rows == 0 && !errors.HasFileError) errors.Add(EmptyFile(source.Name), new RecordPlace(source.Name, 0));

            void Take(NormalisedChunk chunk)
            {
                output.Write(chunk.Output.Written);
                rows += chunk.Rows + chunk.Failed.Count;
                total = new NormalisedRecords(total.Rows + chunk.Rows, Math.Max(total.LargestBytes, chunk.LargestBytes));
                foreach (FailedRecord record in chunk.Failed)
                {
                    failed.Append(record, source.Name);
                    foreach (RecordProblem problem in record.Problems) errors.Add(problem, new RecordPlace(source.Name, record.Row));
                }
            }
        }

        return total;

        NormalisedChunk Check(RecordChunk chunk, InputSource source)
        {
            if (!idle.TryTake(out RecordNormaliser? normaliser)) normaliser = new RecordNormaliser(schema, rules);
            using (chunk)
            {
                NormalisedChunk result = NormalisedChunk.Of(chunk, source.Name, normaliser);
                idle.Add(normaliser);
                return result;
            }
        }
    }

    private static RecordProblem EmptyFile(string name) => new(LoadErrorCodes.EmptyFile, $"The file '{name}' is empty.");

    private void Guard(string fileName, Action read)
    {
        try
        {
            read();
        }
        catch (InvalidDataException e)
        {
            errors.AddFile(fileName, e.Message.TrimEnd('.'));
        }
    }
}

/// <summary>An input as it is read.</summary>
/// <param name="Name">Of the input file.</param>
/// <param name="Path">Of JSON.</param>
/// <param name="Format">How the JSON is cut into records.</param>
/// <param name="IsTemporary">Whether the file was made by the load.</param>
/// <param name="Type">What a record is known to be, for Parquet; otherwise null.</param>
internal sealed record InputSource(string Name, string Path, InputFormat Format, bool IsTemporary, DataType? Type);

/// <summary>The good records of a load.</summary>
internal readonly record struct NormalisedRecords(long Rows, int LargestBytes);

/// <summary>What came of a chunk of records.</summary>
internal sealed record NormalisedChunk(OutputBytes Output, long Rows, int LargestBytes, IReadOnlyList<FailedRecord> Failed)
{
    public static NormalisedChunk Of(RecordChunk chunk, string fileName, RecordNormaliser normaliser)
    {
        var output = new OutputBytes();
        var failed = new List<FailedRecord>();
        int largest = 0;
        for (int i = 0; i < chunk.Count; i++)
        {
            int start = output.Length;
            if (normaliser.TryAppend(chunk[i], fileName, chunk.RowOf(i), output)) largest = Math.Max(largest, output.Length - start);
            else failed.Add(new FailedRecord(chunk.RowOf(i), chunk[i].ToArray(), [.. normaliser.Problems]));
        }

        return new NormalisedChunk(output, chunk.Count - failed.Count, largest, failed);
    }
}
