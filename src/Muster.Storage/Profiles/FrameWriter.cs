using Muster.Storage.DuckDb;
using Muster.Storage.Identity;
using static DuckDB.NET.Native.NativeMethods;

namespace Muster.Storage.Profiles;

/// <summary>Writes what the plan and the identity graph know of each profile of a new run into the table <c>frame</c> of a workspace, by place.</summary>
internal sealed unsafe class FrameWriter(MergePlan plan, ProfileSpace space)
{
    /// <summary>The type of the merged identity map; the graph knows ids only, so the other fields are null.</summary>
    public const string IdentityMapType = "MAP(VARCHAR, STRUCT(id VARCHAR, \"primary\" BOOLEAN, authenticatedState VARCHAR)[])";

    // The identities of the rows of a chunk: first by row and namespace, then one by one.
    private readonly IdentityGraph _graph = space.Graph;
    private readonly List<(int Row, int Namespace, int Items)> _entries = [];
    private readonly List<int> _items = [];
    private readonly List<int> _members = [];

    /// <summary>Makes the table.</summary>
    public void Write(DuckDbWorkspace workspace)
    {
        workspace.Execute($"CREATE TABLE frame(place INTEGER, ordinal BIGINT, updated BIGINT, record BOOLEAN, sources INTEGER, identities {IdentityMapType})");
        using var appender = new ChunkAppender(workspace.Connection, "frame");
        for (int start = 0; start < plan.Ordinals.Length; start += ChunkAppender.Capacity)
        {
            int rows = Math.Min(ChunkAppender.Capacity, plan.Ordinals.Length - start);
            Span<int> places = appender.Values<int>(0), sources = appender.Values<int>(4);
            Span<long> ordinals = appender.Values<long>(1), updated = appender.Values<long>(2);
            Span<bool> records = appender.Values<bool>(3);
            for (int i = 0; i < rows; i++)
            {
                places[i] = start + i;
                ordinals[i] = plan.Ordinals[start + i];
                updated[i] = plan.Updated[start + i];
                records[i] = plan.HasRecord[start + i];
                sources[i] = plan.Sources[start + i];
            }
            WriteMaps(appender.Vector(5), start, rows);
            appender.Append(rows);
        }
        appender.Close();
    }

    private void WriteMaps(nint maps, int start, int rows)
    {
        Collect(start, rows);
        Reserve(maps, _entries.Count);
        nint entries = Vectors.DuckDBListVectorGetChild(maps);
        nint names = Vectors.DuckDBStructVectorGetChild(entries, 0), lists = Vectors.DuckDBStructVectorGetChild(entries, 1);
        Reserve(lists, _items.Count);
        nint items = Vectors.DuckDBListVectorGetChild(lists), ids = Vectors.DuckDBStructVectorGetChild(items, 0);
        SetNull(Vectors.DuckDBStructVectorGetChild(items, 1), _items.Count);
        SetNull(Vectors.DuckDBStructVectorGetChild(items, 2), _items.Count);

        var mapOffsets = new Span<(ulong Start, ulong Length)>(Vectors.DuckDBVectorGetData(maps), rows);
        var listOffsets = new Span<(ulong Start, ulong Length)>(Vectors.DuckDBVectorGetData(lists), _entries.Count);
        mapOffsets.Clear();
        ulong item = 0;
        for (int e = 0; e < _entries.Count; e++)
        {
            (int row, int nameSpace, int count) = _entries[e];
            ref (ulong Start, ulong Length) map = ref mapOffsets[row];
            if (map.Length++ == 0) map.Start = (ulong)e;
            Vectors.DuckDBVectorAssignStringElement(names, (ulong)e, _graph.Namespaces[nameSpace]);
            listOffsets[e] = (item, (ulong)count);
            for (int i = 0; i < count; i++, item++)
            {
                ReadOnlySpan<byte> id = _graph.Identities.Id(_items[(int)item]);
                fixed (byte* bytes = id) Vectors.DuckDBVectorAssignStringElementLength(ids, item, bytes, id.Length);
            }
        }
    }

    private void Collect(int start, int rows)
    {
        _entries.Clear();
        _items.Clear();
        for (int row = 0; row < rows; row++)
        {
            space.Members((int)plan.Ordinals[start + row], _members);
            for (int i = 0; i < _members.Count;)
            {
                int nameSpace = _graph.Identities.Namespace(_members[i]), first = i;
                for (; i < _members.Count && _graph.Identities.Namespace(_members[i]) == nameSpace; i++) _items.Add(_members[i]);
                _entries.Add((row, nameSpace, i - first));
            }
        }
    }

    private static void Reserve(nint list, int size)
    {
        Vectors.DuckDBListVectorReserve(list, (ulong)size);
        Vectors.DuckDBListVectorSetSize(list, (ulong)size);
    }

    private static void SetNull(nint vector, int rows)
    {
        Vectors.DuckDBVectorEnsureValidityWritable(vector);
        new Span<ulong>(Vectors.DuckDBVectorGetValidity(vector), (rows + 63) / 64).Clear();
    }
}
