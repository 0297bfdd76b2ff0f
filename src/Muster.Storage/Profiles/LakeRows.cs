namespace Muster.Storage.Profiles;

/// <summary>The records of one lake file while runs are made: whose they are, and where they go in the new run.</summary>
/// <param name="batch">Its batch.</param>
/// <param name="file">Relative to the sandbox folder.</param>
/// <param name="keys">By row, as in a <see cref="KeyFile"/>; negative for records that do not count or are not wanted.</param>
/// <param name="marks">By row, those of events; empty for records.</param>
internal sealed class LakeRows(LakeBatch batch, string file, int[] keys, byte[] marks)
{
    private int[]? _places;

    /// <summary>Its batch.</summary>
    public LakeBatch Batch { get; } = batch;

    /// <summary>Relative to the sandbox folder.</summary>
    public string File { get; } = file;

    /// <summary>The ordinal of the primary identity by row; negative for records that do not count or are not wanted.</summary>
    public int[] Keys { get; } = keys;

    /// <summary>The row of the new run's profiles that the record belongs to; -1 if it is not used.</summary>
    public int[] Places => _places ??= new int[Keys.Length];

    /// <summary>The marks of the events' identity maps by row; empty for records.</summary>
    public byte[] Marks { get; } = marks;

    /// <summary>True if a record may have an identity map that its mark does not tell.</summary>
    public bool HasWholeMaps => Marks.Length == 0 || Marks.AsSpan().Contains(Identity.IdentityMark.Whole);

    /// <summary>True for events.</summary>
    public bool HoldsEvents => Batch.Behavior == Lake.DatasetBehavior.TimeSeries;

    /// <summary>The <see cref="RunFormat.Arrival"/> of its first row.</summary>
    public long FirstRow { get; set; }
}
