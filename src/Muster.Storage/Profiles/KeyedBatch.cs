namespace Muster.Storage.Profiles;

/// <summary>A batch of the next state with the keys of its records.</summary>
internal sealed class KeyedBatch
{
    /// <summary>A batch of the state before.</summary>
    public KeyedBatch(AppliedBatch applied)
    {
        Batch = applied.Batch;
        Files = [.. applied.Batch.Files.Select((f, i) => new KeyedFile(f) { Path = applied.KeyFiles[i] })];
        Duplicates = applied.Duplicates;
    }

    /// <summary>A new batch.</summary>
    public KeyedBatch(LakeBatch batch, IReadOnlyList<KeyedFile> files)
    {
        Batch = batch;
        Files = files;
        IsNew = true;
    }

    /// <summary>The batch as it was before, without what happens to its files.</summary>
    public LakeBatch Batch { get; }

    /// <summary>Its files that have records.</summary>
    public IReadOnlyList<KeyedFile> Files { get; set; }

    /// <summary>True if it was not in the state before.</summary>
    public bool IsNew { get; }

    /// <summary>How many of its events did not count in the state before.</summary>
    public long Duplicates { get; }

    /// <summary>What the manifest says of it, once all its files have a key file.</summary>
    public AppliedBatch ToApplied() => new(
        Batch with { Files = [.. Files.Select(f => f.LakeFile)] },
        [.. Files.Select(f => f.Path!)],
        Files.Count > 0 && Files.All(f => f.Keys is null) ? Duplicates : Files.Sum(f => f.Keys?.Count(k => k < -1) ?? 0L));
}

/// <summary>The keys of the records of a lake file.</summary>
/// <param name="lakeFile">Relative to the sandbox folder.</param>
internal sealed class KeyedFile(string lakeFile)
{
    /// <summary>The file of the records, relative to the sandbox folder.</summary>
    public string LakeFile { get; set; } = lakeFile;

    /// <summary>The file of the keys, relative to the sandbox folder; null if it must be written.</summary>
    public string? Path { get; set; }

    /// <summary>By row, as in a <see cref="KeyFile"/>; null if nobody asked yet.</summary>
    public int[]? Keys { get; set; }

    /// <summary>The hashes of the events' ids by row, 0 for none; empty for records; null if nobody asked yet.</summary>
    public ulong[]? Events { get; set; }

    /// <summary>The marks of the events' identity maps by row; empty for records; null if nobody asked yet.</summary>
    public byte[]? Marks { get; set; }

    /// <summary>The keys of those records that count from now on and did not before, others negative; null for none.</summary>
    public int[]? Fresh { get; set; }

    /// <summary>Notes which records count from now on, and that the key file must be written if any key differs.</summary>
    public void Compare(int[] before)
    {
        if (Path is null)
        {
            Fresh = Keys;
            return;
        }
        if (Keys.AsSpan().SequenceEqual(before)) return;
        Path = null;
        Fresh = new int[before.Length];
        for (int row = 0; row < before.Length; row++) Fresh[row] = before[row] < 0 && Keys![row] >= 0 ? Keys[row] : -1;
    }
}
