using DuckDB.NET.Native;
using Muster.Storage.DuckDb;
using static DuckDB.NET.Native.NativeMethods;

namespace Muster.Storage.Identity;

/// <summary>
/// Reads the identity maps of a lake file's records into the graph, and tells for each record its primary identity and which identities it
/// links.
/// </summary>
internal sealed class RecordIdentities(IdentityGraph graph)
{
    private readonly List<(int Identity, bool Primary)> _found = [];
    private readonly HashSet<(int, int)> _links = [];
    private int[] _joined = new int[16];

    /// <summary>The links of all files read so far since the last <see cref="ClearLinks"/>: pairs of identities, the smaller ordinal first.</summary>
    public IReadOnlyCollection<(int First, int Second)> Links => _links;

    /// <summary>Starts a new batch.</summary>
    public void ClearLinks() => _links.Clear();

    /// <summary>Stages the identities of all records of a stream whose only column is <c>identityMap</c>.</summary>
    /// <returns>The ordinal of the primary identity by row; -1 for a record without any identity.</returns>
    public List<int> Read(DuckDbStream stream, CancellationToken cancellationToken)
    {
        var keys = new List<int>();
        (int idField, int primaryField) = FindFields(stream.Types[0]);
        while (stream.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var map = new VectorView(stream.Vector(0));
            VectorView entries = map.Elements(), names = entries.Field(0), lists = entries.Field(1), items = lists.Elements();
            VectorView ids = items.Field(idField), primaries = primaryField < 0 ? default : items.Field(primaryField);
            for (int row = 0; row < stream.Rows; row++)
            {
                _found.Clear();
                if (map.IsValid(row))
                {
                    (int start, int length) = map.List(row);
                    for (int entry = start; entry < start + length; entry++)
                    {
                        if (!lists.IsValid(entry)) continue;
                        int nameSpace = -1;
                        (int first, int count) = lists.List(entry);
                        for (int item = first; item < first + count; item++)
                        {
                            if (!items.IsValid(item) || !ids.IsValid(item)) continue;
                            ReadOnlySpan<byte> id = ids.Text(item);
                            if (!IdentityText.IsIdentity(id)) continue;
                            if (nameSpace < 0) nameSpace = graph.Namespaces.GetOrAdd(names.Text(entry));
                            bool primary = primaryField >= 0 && primaries.IsValid(item) && primaries.Value<bool>(item);
                            _found.Add((graph.Add(nameSpace, id), primary));
                        }
                    }
                }
                keys.Add(_found.Count == 0 ? -1 : Join());
            }
        }
        return keys;
    }

    private int Join()
    {
        if (_joined.Length < _found.Count) _joined = new int[_found.Count * 2];
        int primary = -1, best = _found[0].Identity;
        for (int i = 0; i < _found.Count; i++)
        {
            (int identity, bool marked) = _found[i];
            _joined[i] = identity;
            if (marked && (primary < 0 || graph.Compare(identity, primary) < 0)) primary = identity;
            if (i > 0 && graph.Compare(identity, best) < 0) best = identity;
        }
        if (primary < 0) primary = best;
        graph.Join(_joined.AsSpan(0, _found.Count));
        // A star around the primary identity connects as much as all pairs would.
        for (int i = 0; i < _found.Count; i++)
            if (_joined[i] != primary) _links.Add((Math.Min(primary, _joined[i]), Math.Max(primary, _joined[i])));
        return primary;
    }

    private static (int Id, int Primary) FindFields(DuckDBLogicalType map)
    {
        using DuckDBLogicalType list = LogicalType.DuckDBMapTypeValueType(map), item = LogicalType.DuckDBListTypeChildType(list);
        int id = -1, primary = -1;
        for (int i = 0; i < (int)LogicalType.DuckDBStructTypeChildCount(item); i++)
        {
            switch (LogicalType.DuckDBStructTypeChildName(item, i))
            {
                case "id": id = i; break;
                case "primary": primary = i; break;
            }
        }
        return id >= 0 ? (id, primary) : throw new InvalidDataException("The identityMap of a lake file has no id.");
    }
}
