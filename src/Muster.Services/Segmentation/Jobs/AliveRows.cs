using Muster.Engine.Columns;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>The rows of a block that count, always as a bitmap.</summary>
internal static class AliveRows
{
    /// <summary>The block's own bitmap, or one with a bit for each row.</summary>
    public static ulong[] Of(Block block)
    {
        if (block.Alive is { } alive) return alive;
        var all = new ulong[(block.Count + 63) / 64];
        Array.Fill(all, ulong.MaxValue);
        if (block.Count % 64 != 0) all[^1] = (1UL << (block.Count % 64)) - 1;
        return all;
    }
}
