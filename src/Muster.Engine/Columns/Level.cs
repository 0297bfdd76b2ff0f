namespace Muster.Engine.Columns;

/// <summary>
/// The rows of one nesting level of a block: the profiles, their events, the elements of an array inside an event, the entries of a map.
/// Plain objects are not levels: their fields are columns with dotted names (<c>commerce.order.priceTotal</c>). A row of a child level belongs
/// to one row of its parent, and the children of a parent row are contiguous and in order (events by timestamp, ties by arrival).
/// </summary>
/// <remarks>
/// Names within a level, relative to its row: a field of an object is its dotted path; the element of an array of scalars is the empty name
/// <c>""</c>; the entry of a map has the column <c>key</c> and its value under <c>value</c> (scalar), <c>value.path</c> (object) or the child
/// level <c>value</c> (array or map); an array directly inside an array is the child level <c>""</c>.
/// </remarks>
public sealed class Level
{
    private readonly IReadOnlyDictionary<string, Column> _columns;
    private readonly IReadOnlyDictionary<string, Level> _children;

    /// <summary>Makes a level from its parts, bottom up. Only what was asked for need be there.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="offsets">See <see cref="Offsets"/>; null for the root.</param>
    /// <param name="columns">By name relative to a row of this level.</param>
    /// <param name="children">By name relative to a row of this level.</param>
    public Level(int count, int[]? offsets, IReadOnlyDictionary<string, Column> columns, IReadOnlyDictionary<string, Level> children)
    {
        Count = count;
        Offsets = offsets;
        _columns = columns;
        _children = children;
    }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>
    /// Parent row p has the rows from Offsets[p] up to, not including, Offsets[p + 1]; length is the parent's count + 1 (or more), the first
    /// entry is 0 and the last used one is <see cref="Count"/>. Null for the root level.
    /// </summary>
    public int[]? Offsets { get; }

    /// <summary>The column of that name; null if the data has none (then every row is null).</summary>
    public Column? FindColumn(string name) => _columns.GetValueOrDefault(name);

    /// <summary>The child level of that name; null if the data has none (then every row has no children).</summary>
    public Level? FindChild(string name) => _children.GetValueOrDefault(name);

    /// <summary>The names and columns that are there.</summary>
    public IEnumerable<KeyValuePair<string, Column>> Columns => _columns;

    /// <summary>The names and child levels that are there.</summary>
    public IEnumerable<KeyValuePair<string, Level>> Children => _children;
}
