namespace Muster.Engine.Columns;

/// <summary>
/// The profiles of one manifest under one merge policy, cut into blocks. Reads never change what they see: a source is pinned. It may be read
/// from several threads at once.
/// </summary>
public interface IBlockSource : IAsyncDisposable
{
    /// <summary>The number of blocks.</summary>
    int BlockCount { get; }

    /// <summary>The number of profiles that count, for progress.</summary>
    long ProfileCount { get; }

    /// <summary>
    /// Reads one block. Events later than <paramref name="asOf"/> (milliseconds since the epoch) are hidden; events without a timestamp are not.
    /// </summary>
    ValueTask<Block> ReadAsync(int index, ColumnRequest request, long asOf, CancellationToken cancellationToken);
}
