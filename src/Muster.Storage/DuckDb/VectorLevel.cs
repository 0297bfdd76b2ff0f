using Muster.Engine.Columns;

namespace Muster.Storage.DuckDb;

/// <summary>A level of a block that grows by vectors: the root, or the elements of a list, or the entries of a map.</summary>
internal sealed class VectorLevel : IVectorSink
{
    private readonly Dictionary<string, VectorColumn> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VectorLevel> _children = new(StringComparer.Ordinal);
    private readonly List<IVectorSink> _parts = [];
    private readonly List<int> _offsets = [0];
    private int[] _rows = new int[2048];

    /// <summary>The rows so far.</summary>
    public int Count { get; private set; }

    /// <summary>Names a column of this level.</summary>
    public void Add(string name, VectorColumn column) => _columns[name] = column;

    /// <summary>Names a child level of this level.</summary>
    public void Add(string name, VectorLevel child) => _children[name] = child;

    /// <summary>What the elements' vector (for a map: its entries') is given to.</summary>
    public void FillBy(IVectorSink part) => _parts.Add(part);

    /// <summary>Takes lists: one parent row each.</summary>
    public void Append(VectorView vector, ReadOnlySpan<int> rows)
    {
        int total = 0;
        foreach (int row in rows)
        {
            if (row >= 0 && vector.IsValid(row))
            {
                (int start, int length) = vector.List(row);
                if (total + length > _rows.Length) Array.Resize(ref _rows, Math.Max(_rows.Length * 2, total + length));
                for (int i = 0; i < length; i++) _rows[total + i] = start + i;
                total += length;
            }
            _offsets.Add(Count + total);
        }
        Count += total;
        if (_parts.Count == 0) return;
        VectorView elements = vector.Elements();
        foreach (IVectorSink part in _parts) part.Append(elements, _rows.AsSpan(0, total));
    }

    /// <summary>The finished level, with its offsets.</summary>
    public Level ToLevel() => ToLevel(Count, [.. _offsets]);

    /// <summary>The finished level with rows and offsets that were counted elsewhere: the events.</summary>
    public Level ToLevel(int count, int[] offsets) => new(count, offsets, Columns(), Children());

    /// <summary>The finished root level; <paramref name="more"/> are levels that were made elsewhere.</summary>
    public Level ToRoot(int count, IEnumerable<KeyValuePair<string, Level>>? more)
    {
        Dictionary<string, Level> children = Children();
        foreach ((string name, Level level) in more ?? []) children[name] = level;
        return new Level(count, null, Columns(), children);
    }

    private Dictionary<string, Column> Columns() => _columns.ToDictionary(c => c.Key, c => c.Value.ToColumn(), StringComparer.Ordinal);

    private Dictionary<string, Level> Children() => _children.ToDictionary(c => c.Key, c => c.Value.ToLevel(), StringComparer.Ordinal);
}

/// <summary>Passes a struct's fields on; the fields of a null struct have no values.</summary>
internal sealed class VectorStruct : IVectorSink
{
    private readonly List<(int Field, IVectorSink Sink)> _fields = [];
    private int[] _rows = new int[2048];

    /// <summary>True if nothing in it was asked for.</summary>
    public bool IsEmpty => _fields.Count == 0;

    /// <summary>Gives a field's vector to a sink.</summary>
    public void Add(int field, IVectorSink sink) => _fields.Add((field, sink));

    /// <inheritdoc/>
    public void Append(VectorView vector, ReadOnlySpan<int> rows)
    {
        if (vector.MayHaveNulls)
        {
            if (_rows.Length < rows.Length) _rows = new int[rows.Length * 2];
            for (int i = 0; i < rows.Length; i++) _rows[i] = rows[i] >= 0 && vector.IsValid(rows[i]) ? rows[i] : -1;
            rows = _rows.AsSpan(0, rows.Length);
        }
        foreach ((int field, IVectorSink sink) in _fields) sink.Append(vector.Field(field), rows);
    }
}
