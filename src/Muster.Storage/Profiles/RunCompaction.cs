using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>
/// Makes one run of several: the profiles that count, in order, with their events. It reads runs only, so it may go on while batches come in: what
/// they bring lies in newer runs. One use.
/// </summary>
/// <param name="workspace">Reads and writes.</param>
/// <param name="folder">The sandbox folder.</param>
/// <param name="view">The runs; they must stay as long.</param>
/// <param name="eventsAtOnce">About how many events are sorted at a time: it bounds the memory.</param>
internal sealed class RunCompaction(DuckDbWorkspace workspace, string folder, OpenView view, long eventsAtOnce)
{
    private const int ProfilesAtOnce = 500_000;

    private readonly RunDatabase _run = new(workspace);
    private readonly List<string[]> _sourceSets = [[]];

    /// <summary>Writes the file.</summary>
    /// <param name="path">A temporary name.</param>
    /// <returns>What is in it.</returns>
    public (long Profiles, long Events) Write(string path)
    {
        workspace.Execute($"ATTACH {SqlText.Literal(path)} AS run");
        int[][] moved = PlaceProfiles(out int profiles);
        List<(int First, int End)[]> slices = Slice(moved, profiles);
        DataType profileType = Unite(r => r.ProfileType), eventType = Unite(r => r.EventType);
        WriteTable(slices, "profile", profileType, r => r.ProfileType, i => $"_ordinal, moved{i}(_place) AS _place, _updated, _record, sources{i}(_sources) AS _sources", "_place");
        DataType stored = Unite(r => r.StoredEventType);
        WriteTable(slices, "event", stored, r => r.StoredEventType, i => $"moved{i}(_place) AS _place, _identity, _mark, _arrival", "_place, \"@row\"");
        int[] events = new int[profiles];
        using (DuckDBDataReader reader = workspace.Query("SELECT _place, count(*) FROM run.main.event GROUP BY _place"))
            while (reader.Read()) events[reader.GetInt32(0)] = (int)reader.GetInt64(1);
        _run.WriteIntegers("tombstone(_ordinal BIGINT)", Array.Empty<long>());
        _run.WriteBlocks(events);
        _run.WriteSourceSets(_sourceSets);
        _run.WriteMeta(profileType, eventType);
        for (int i = 0; i < view.Runs.Count; i++) workspace.Execute($"DETACH old{i}");
        workspace.Execute("DETACH run");
        return (profiles, events.Sum(e => (long)e));
    }

    private DataType Unite(Func<RunFile, DataType> type) => view.Runs.Select(type).Aggregate(DataType.ObjectOf(), SchemaLeaf.Unite);

    // Each profile that counts is in one run; ordinals of all runs together give the order.
    private int[][] PlaceProfiles(out int profiles)
    {
        var alive = new List<(long Ordinal, int Run, int Place)>();
        int[][] moved = new int[view.Runs.Count][];
        for (int run = 0; run < moved.Length; run++)
        {
            RunFile file = view.Runs[run];
            moved[run] = new int[file.Ordinals.Length];
            Array.Fill(moved[run], -1);
            for (int place = 0; place < file.Ordinals.Length; place++)
                if (view.IsAlive(run, place)) alive.Add((file.Ordinals[place], run, place));
        }
        alive.Sort();
        for (int place = 0; place < alive.Count; place++) moved[alive[place].Run][alive[place].Place] = place;
        for (int run = 0; run < moved.Length; run++)
        {
            workspace.Execute($"ATTACH {SqlText.Literal(Path.Combine(folder, view.Runs[run].File))} AS old{run} (READ_ONLY)");
            ArrayLookup.Register(workspace.Connection, "moved" + run, moved[run]);
            ArrayLookup.Register(workspace.Connection, "sources" + run, SourceNumbers(view.Runs[run]));
        }
        profiles = alive.Count;
        return moved;
    }

    // Runs are in the order of ordinals, so the profiles of a part of the new run are side by side in each of the old ones.
    private List<(int First, int End)[]> Slice(int[][] moved, int profiles)
    {
        long events = view.Runs.Sum(r => r.Events);
        int size = (int)Math.Clamp(eventsAtOnce * profiles / Math.Max(events, 1), 1, ProfilesAtOnce);
        int[] next = new int[moved.Length];
        var slices = new List<(int First, int End)[]>();
        for (int end = size; slices.Count == 0 || end - size < profiles; end += size)
        {
            var slice = new (int First, int End)[moved.Length];
            for (int run = 0; run < moved.Length; run++)
            {
                int first = next[run];
                while (next[run] < moved[run].Length && moved[run][next[run]] < end) next[run]++;
                slice[run] = (first, next[run]);
            }
            slices.Add(slice);
        }
        return slices;
    }

    private int[] SourceNumbers(RunFile run)
    {
        int[] numbers = new int[run.SourceSets.Keys.DefaultIfEmpty(-1).Max() + 1];
        foreach ((int id, List<string> datasets) in run.SourceSets)
        {
            numbers[id] = _sourceSets.FindIndex(s => s.SequenceEqual(datasets));
            if (numbers[id] >= 0) continue;
            numbers[id] = _sourceSets.Count;
            _sourceSets.Add([.. datasets]);
        }
        return numbers;
    }

    private void WriteTable(
        List<(int First, int End)[]> slices, string table, DataType type, Func<RunFile, DataType> typeOf, Func<int, string> keys, string order)
    {
        List<SchemaLeaf> leaves = [.. SchemaLeaf.Of(type)];
        var types = new RunTypes();
        foreach (SchemaLeaf leaf in leaves.Where(l => l.Path[0] != RunFormat.IdentityMap))
        {
            IEnumerable<string> parts = view.Runs.Select((r, i) => $"SELECT {leaf.FlatExpression(typeOf(r))} AS v FROM old{i}.{table}");
            _run.FindDictionaries(types, leaf, $"({string.Join(" UNION ALL ", parts)})", "v");
        }
        for (int slice = 0; slice < slices.Count; slice++)
        {
            IEnumerable<string> runs = view.Runs.Select((r, i) =>
            {
                IEnumerable<string> columns = leaves.Select(l =>
                    $", CAST({l.FlatExpression(typeOf(r))} AS {types.Type(l.Type, l.Name)}) AS {SqlText.Identifier(l.Name)}");
                string within = string.Create(
                    System.Globalization.CultureInfo.InvariantCulture, $"_place >= {slices[slice][i].First} AND _place < {slices[slice][i].End}");
                return $"SELECT {keys(i)}{string.Concat(columns)}, rowid AS \"@row\" FROM old{i}.{table} WHERE {within} AND moved{i}(_place) >= 0";
            });
            string target = slice == 0 ? $"CREATE TABLE run.main.{table} AS" : $"INSERT INTO run.main.{table}";
            workspace.Execute($"{target} SELECT * EXCLUDE (\"@row\") FROM ({string.Join(" UNION ALL ", runs)}) ORDER BY {order}");
        }
    }
}
