using Muster.Engine.Columns;
using Muster.Engine.Planning;

namespace Muster.Engine.Execution;

/// <summary>The rows of a domain in one block, or in one chunk of pairs.</summary>
/// <param name="domain">The domain.</param>
/// <param name="count">The number of rows.</param>
/// <param name="stamp">Differs between all frames of an evaluator: what was computed for another one is stale.</param>
/// <param name="arena">Where vectors over these rows get their buffers.</param>
internal sealed class Frame(Domain domain, int count, long stamp, Arena arena)
{
    private int[]? _parentRows;
    private Dictionary<(int Domain, bool AreOffsets), int[]>? _composed;

    public Domain Domain { get; } = domain;

    public int Count { get; } = count;

    public int Words => Bitmaps.Words(Count);

    public long Stamp { get; } = stamp;

    public Arena Arena { get; } = arena;

    /// <summary>The stamp of the parent's frame that this one was made for.</summary>
    public long ParentStamp { get; init; }

    /// <summary>The level that rows are of; null for pairs and where the data has none.</summary>
    public Level? Level { get; init; }

    /// <summary>The level's row of each row; null if they are the same.</summary>
    public int[]? LevelRows { get; init; }

    /// <summary>For elements: the rows of parent row p are from Offsets[p] up to Offsets[p + 1].</summary>
    public int[] Offsets { get; init; } = [];

    public int ParentCount { get; init; }

    public int[] OuterRows { get; init; } = [];

    /// <summary>For groups: the items of group g are from ItemOffsets[g] up to ItemOffsets[g + 1].</summary>
    public int[] ItemOffsets { get; init; } = [];

    /// <summary>For groups: the element that each item is.</summary>
    public int[] ItemRows { get; init; } = [];

    public int[] InnerRows { get; init; } = [];

    /// <summary>Ways to wider domains over several levels that were asked for: offsets (true) and parent rows (false) by domain.</summary>
    public Dictionary<(int Domain, bool AreOffsets), int[]> Composed => _composed ??= [];

    /// <summary>For elements: the parent row of each row.</summary>
    public int[] ParentRows
    {
        get
        {
            if (_parentRows is not null) return _parentRows;
            int[] rows = Arena.Ints(Count);
            for (int p = 0; p < ParentCount; p++) rows.AsSpan(Offsets[p], Offsets[p + 1] - Offsets[p]).Fill(p);
            return _parentRows = rows;
        }
    }

    public int[] RowsVia(GatherKind kind) => kind switch
    {
        GatherKind.Parent => ParentRows,
        GatherKind.Outer => OuterRows,
        _ => InnerRows,
    };
}
