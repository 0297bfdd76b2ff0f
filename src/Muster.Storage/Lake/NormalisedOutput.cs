namespace Muster.Storage.Lake;

/// <summary>The good records of one source as JSON Lines in the spill folder, handed to the lake file by file.</summary>
internal sealed class NormalisedOutput(string folder, int index, LakeWriter lake, LakeFileLimits limits) : IDisposable
{
    private FileStream? _stream;
    private long _rows;
    private int _largest;
    private int _files;

    /// <summary>Writes records after those before.</summary>
    public void Write(NormalisedChunk chunk)
    {
        if (chunk.Rows == 0) return;
        if (_stream is not null && (_rows + chunk.Rows > limits.Rows || _stream.Length > limits.JsonBytes))
        {
            Complete();
            lake.Flush();
        }

        _stream ??= new FileStream(
            Path.Combine(folder, $"normalised-{index}-{_files++}.jsonl"), FileMode.Create, FileAccess.Write, FileShare.Read, 1);
        _stream.Write(chunk.Output.Written);
        _rows += chunk.Rows;
        _largest = Math.Max(_largest, chunk.LargestBytes);
    }

    /// <summary>Hands over what is written.</summary>
    public void Complete()
    {
        if (_stream is null) return;
        long bytes = _stream.Length;
        _stream.Dispose();
        var item = new LakeItem(LakeItemKind.Lines, _stream.Name, _rows, _largest) { Bytes = bytes };
        _stream = null;
        (_rows, _largest) = (0, 0);
        lake.Add(item);
    }

    /// <summary>Removes what was not handed over.</summary>
    public void Dispose()
    {
        if (_stream is null) return;
        _stream.Dispose();
        File.Delete(_stream.Name);
    }
}

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
            long row = chunk.RowOf(i);
            if (chunk.Problems.TryGetValue(row, out RecordProblem problem))
                failed.Add(new FailedRecord(row, chunk[i].ToArray(), [problem]));
            else if (normaliser.TryAppend(chunk[i], fileName, row, output))
                largest = Math.Max(largest, output.Length - start);
            else
                failed.Add(new FailedRecord(row, chunk[i].ToArray(), [.. normaliser.Problems]));
        }

        return new NormalisedChunk(output, chunk.Count - failed.Count, largest, failed);
    }
}
