using System.Runtime.InteropServices;
using System.Text;
using DuckDB.NET.Native;
using Muster.Storage.DuckDb;
using Muster.Storage.Lake;
using static DuckDB.NET.Native.NativeMethods;

namespace Muster.Storage.Identity;

/// <summary>
/// Reads the identity maps of a lake file's records into the graph, and tells for each record its primary identity and which identities it
/// links. Most records have one identity and link nothing: they cost a look-up of it.
/// </summary>
internal sealed class RecordIdentities(IdentityGraph graph, LinkingRules rules)
{
    /// <summary>The most identities of a record that count; the primary one and then the first by namespace and id.</summary>
    public const int MaxIdentities = 20;

    private readonly NamespaceRules _rules = new(rules, graph.Namespaces);
    private readonly List<(int Identity, bool Marked)> _found = [];
    private readonly List<(int Namespace, byte[] Id, bool Marked)> _surplus = [];
    private readonly Dictionary<ulong, long> _links = [];
    private readonly List<int> _joined = [];
    private byte[] _lastName = [];
    private int _lastNamespace = -1;
    private bool _lastIsOurs;

    /// <summary>The links of all files read so far since the last <see cref="ClearLinks"/>: each pair once, with its latest time.</summary>
    public IReadOnlyCollection<Link> Links => [.. _links.Select(l => new Link((int)(l.Key >> 32), (int)(l.Key & uint.MaxValue), l.Value))];

    /// <summary>Starts a new batch.</summary>
    public void ClearLinks()
    {
        _links.Clear();
        _links.TrimExcess();
    }

    /// <summary>Stages the identities of all records of a stream.</summary>
    /// <param name="stream">Has the column <c>identityMap</c>; for events, a second one with their time in milliseconds (BIGINT).</param>
    /// <param name="ingestedAt">When the batch was ingested, in milliseconds: the time of records, and of events without one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public RecordKeys Read(DuckDbStream stream, long ingestedAt, CancellationToken cancellationToken)
    {
        var keys = new List<int>();
        var marks = new List<byte>();
        bool areEvents = stream.Types.Count > 1;
        ItemFields fields = FindFields(stream.Types[0]);
        // Numbers of namespaces that were rolled back may have another meaning now.
        _lastNamespace = -1;
        while (stream.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var maps = new IdentityMaps(stream.Vector(0), fields);
            VectorView times = areEvents ? new VectorView(stream.Vector(1)) : default;
            for (int row = 0; row < stream.Rows; row++)
            {
                _found.Clear();
                marks.Add(maps.Map.IsValid(row) ? Find(maps, row) : IdentityMark.Whole);
                if (_found.Count == 0) keys.Add(-1);
                else if (_found.Count == 1) keys.Add(See(_found[0].Identity));
                else keys.Add(Join(areEvents, areEvents && times.IsValid(row) ? times.Value<long>(row) : ingestedAt));
            }
        }
        return new RecordKeys([.. keys], [.. marks]);
    }

    /// <returns>The mark of the map.</returns>
    private byte Find(in IdentityMaps maps, int row)
    {
        (int start, int length) = maps.Map.List(row);
        if (length == 1 && maps.Lists.IsValid(start) && maps.Lists.List(start) is (int only, 1)) return FindOne(maps, start, only);
        FindAll(maps, start, length);
        return IdentityMark.Whole;
    }

    private byte FindOne(in IdentityMaps maps, int entry, int item)
    {
        if (!maps.IsIdentity(item)) return IdentityMark.Whole;
        _found.Add((graph.Add(Namespace(maps.Names.Text(entry)), maps.Ids.Text(item)), maps.IsMarked(item)));
        return _lastIsOurs ? maps.Mark(item) : IdentityMark.Whole;
    }

    private void FindAll(in IdentityMaps maps, int start, int length)
    {
        int items = 0;
        for (int entry = start; entry < start + length; entry++)
            if (maps.Lists.IsValid(entry)) items += maps.Lists.List(entry).Length;
        _surplus.Clear();
        for (int entry = start; entry < start + length; entry++)
        {
            if (!maps.Lists.IsValid(entry)) continue;
            int nameSpace = -1;
            (int first, int count) = maps.Lists.List(entry);
            for (int item = first; item < first + count; item++)
            {
                if (!maps.IsIdentity(item)) continue;
                ReadOnlySpan<byte> id = maps.Ids.Text(item);
                if (nameSpace < 0) nameSpace = Namespace(maps.Names.Text(entry));
                bool marked = maps.IsMarked(item);
                if (items <= MaxIdentities) _found.Add((graph.Add(nameSpace, id), marked));
                else _surplus.Add((nameSpace, id.ToArray(), marked));
            }
        }
        if (_surplus.Count > 0) TakeFirst();
    }

    /// <summary>Which identities count must not hang on the order in which the record has them.</summary>
    private void TakeFirst()
    {
        foreach ((int nameSpace, byte[] id, bool marked) in _surplus
            .OrderByDescending(s => s.Marked)
            .ThenBy(s => _rules[s.Namespace].Priority)
            .ThenBy(s => graph.Namespaces[s.Namespace], StringComparer.OrdinalIgnoreCase)
            .ThenBy(s => s.Id, Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right))))
        {
            int known = graph.Identities.Find(nameSpace, id);
            if (_found.Exists(f => f.Identity == known)) continue;
            _found.Add((graph.Add(nameSpace, id), marked));
            if (_found.Count == MaxIdentities) return;
        }
    }

    private int Namespace(ReadOnlySpan<byte> name)
    {
        if (_lastNamespace >= 0 && name.SequenceEqual(_lastName)) return _lastNamespace;
        _lastName = name.ToArray();
        _lastNamespace = graph.Namespaces.GetOrAdd(name);
        _lastIsOurs = name.SequenceEqual(Encoding.UTF8.GetBytes(graph.Namespaces[_lastNamespace]));
        return _lastNamespace;
    }

    private int See(int identity)
    {
        graph.Join(new ReadOnlySpan<int>(in identity));
        return identity;
    }

    private int Join(bool isEvent, long time)
    {
        int primary = Primary(isEvent);
        _joined.Clear();
        foreach ((int identity, _) in _found)
            if (Rule(identity).Links && !_joined.Contains(identity)) _joined.Add(identity);
        if (_joined.Count < _found.Count)
            foreach ((int identity, _) in _found) if (!_joined.Contains(identity)) See(identity);
        if (_joined.Count < 2 || HasTwoOfOne())
        {
            foreach (int identity in _joined) See(identity);
            return primary;
        }
        // A star connects as much as all pairs would.
        int center = primary;
        if (!Rule(primary).Links)
        {
            center = _joined[0];
            foreach (int identity in _joined)
                if (graph.Compare(identity, center) < 0) center = identity;
        }
        foreach (int identity in _joined)
        {
            if (identity == center) continue;
            ulong pair = ((ulong)(uint)Math.Min(center, identity) << 32) | (uint)Math.Max(center, identity);
            ref long latest = ref CollectionsMarshal.GetValueRefOrAddDefault(_links, pair, out bool isKnown);
            if (!isKnown || latest < time) latest = time;
        }
        graph.Join(CollectionsMarshal.AsSpan(_joined));
        return primary;
    }

    private int Primary(bool isEvent)
    {
        // Without a namespace that has a priority, marks decide as they do for records.
        int top = _rules.LowestPriority;
        if (isEvent)
            foreach ((int identity, _) in _found) top = Math.Min(top, Rule(identity).Priority);
        int primary = -1;
        bool isChosen = false;
        foreach ((int identity, bool marked) in _found)
        {
            bool chosen = top == _rules.LowestPriority ? marked : Rule(identity).Priority == top;
            if (primary < 0 || (chosen && !isChosen) || (chosen == isChosen && graph.Compare(identity, primary) < 0)) (primary, isChosen) = (identity, chosen);
        }
        return primary;
    }

    private bool HasTwoOfOne()
    {
        if (_rules.UniqueCount == 0) return false;
        for (int i = 1; i < _joined.Count; i++)
        {
            int unique = Rule(_joined[i]).Unique;
            if (unique < 0) continue;
            for (int j = 0; j < i; j++)
                if (Rule(_joined[j]).Unique == unique) return true;
        }
        return false;
    }

    private NamespaceRules.Rule Rule(int identity) => _rules[graph.Identities.Namespace(identity)];

    private static ItemFields FindFields(DuckDBLogicalType map)
    {
        using DuckDBLogicalType list = LogicalType.DuckDBMapTypeValueType(map), item = LogicalType.DuckDBListTypeChildType(list);
        int id = -1, primary = -1, state = -1;
        var others = new List<int>();
        for (int i = 0; i < (int)LogicalType.DuckDBStructTypeChildCount(item); i++)
        {
            using DuckDBLogicalType type = LogicalType.DuckDBStructTypeChildType(item, i);
            switch (LogicalType.DuckDBStructTypeChildName(item, i), LogicalType.DuckDBGetTypeId(type))
            {
                case ("id", _): id = i; break;
                case ("primary", DuckDBType.Boolean): primary = i; break;
                case ("authenticatedState", DuckDBType.Varchar): state = i; break;
                default: others.Add(i); break;
            }
        }
        return id >= 0 ? new ItemFields(id, primary, state, [.. others]) : throw new InvalidDataException("The identityMap of a lake file has no id.");
    }

    /// <summary>The positions of an identity's fields; -1 for those that the file does not have.</summary>
    private sealed record ItemFields(int Id, int Primary, int State, int[] Others);

    /// <summary>The vectors of the identity maps of a chunk.</summary>
    private readonly struct IdentityMaps
    {
        private readonly VectorView _items;
        private readonly VectorView _primaries;
        private readonly VectorView _states;
        private readonly bool _hasPrimaries;
        private readonly bool _hasStates;
        private readonly VectorView[] _others;

        public IdentityMaps(nint vector, ItemFields fields)
        {
            Map = new VectorView(vector);
            VectorView entries = Map.Elements();
            Names = entries.Field(0);
            Lists = entries.Field(1);
            _items = Lists.Elements();
            Ids = _items.Field(fields.Id);
            _hasPrimaries = fields.Primary >= 0;
            _primaries = _hasPrimaries ? _items.Field(fields.Primary) : default;
            _hasStates = fields.State >= 0;
            _states = _hasStates ? _items.Field(fields.State) : default;
            _others = new VectorView[fields.Others.Length];
            for (int i = 0; i < _others.Length; i++) _others[i] = _items.Field(fields.Others[i]);
        }

        public VectorView Map { get; }

        public VectorView Names { get; }

        public VectorView Lists { get; }

        public VectorView Ids { get; }

        public bool IsIdentity(int item) => _items.IsValid(item) && Ids.IsValid(item) && IdentityRules.IsUsable(Ids.Text(item));

        public bool IsMarked(int item) => _hasPrimaries && _primaries.IsValid(item) && _primaries.Value<bool>(item);

        /// <summary>The mark of a map that has this identity alone.</summary>
        public byte Mark(int item)
        {
            foreach (VectorView other in _others)
                if (other.IsValid(item)) return IdentityMark.Whole;
            bool hasState = _hasStates && _states.IsValid(item);
            bool? primary = _hasPrimaries && _primaries.IsValid(item) ? _primaries.Value<bool>(item) : null;
            return IdentityMark.Of(primary, hasState ? _states.Text(item) : [], hasState);
        }
    }
}
