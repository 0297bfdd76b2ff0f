namespace Muster.Services.Ingestion;

/// <summary>Which bytes of a file a part is.</summary>
/// <param name="First">The offset of the first one.</param>
/// <param name="Last">The offset of the last one, not before it.</param>
/// <param name="Total">The size of the file; null if the client does not know it yet.</param>
public readonly record struct ByteRange(long First, long Last, long? Total)
{
    /// <summary>How many bytes.</summary>
    public long Length => Last - First + 1;
}
