using Muster.Storage.Lake;

namespace Muster.Storage.Profiles;

/// <summary>The records of one lake file during an apply: whose they are, and where they go in the new run.</summary>
/// <param name="batch">Its batch.</param>
/// <param name="file">Relative to the sandbox folder.</param>
/// <param name="identities">The ordinal of the primary identity by row; -1 for none.</param>
internal sealed class LakeRows(LakeBatch batch, string file, int[] identities)
{
    /// <summary>Its batch.</summary>
    public LakeBatch Batch { get; } = batch;

    /// <summary>Relative to the sandbox folder.</summary>
    public string File { get; } = file;

    /// <summary>The ordinal of the primary identity by row; -1 for none.</summary>
    public int[] Identities { get; } = identities;

    /// <summary>The row of the new run's profiles that the record belongs to; -1 if it is not used.</summary>
    public int[] Places { get; } = NotUsed(identities.Length);

    /// <summary>The number that its first record has among all records, in the order of arrival.</summary>
    public long FirstArrival { get; set; }

    /// <summary>True for events.</summary>
    public bool HoldsEvents => Batch.Behavior == DatasetBehavior.TimeSeries;

    private static int[] NotUsed(int length)
    {
        int[] places = new int[length];
        Array.Fill(places, -1);
        return places;
    }
}
