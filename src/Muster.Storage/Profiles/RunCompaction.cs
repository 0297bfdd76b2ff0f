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
internal sealed class RunCompaction(DuckDbWorkspace workspace, string folder, OpenView view)
{
    private readonly RunDatabase _run = new(workspace);
    private readonly List<string[]> _sourceSets = [[]];

    /// <summary>Writes the file.</summary>
    /// <param name="path">A temporary name.</param>
    /// <returns>What is in it.</returns>
    public (long Profiles, long Events) Write(string path)
    {
        workspace.Execute($"ATTACH {SqlText.Literal(path)} AS run");
        int profiles = PlaceProfiles();
        DataType profileType = Unite(r => r.ProfileType), eventType = Unite(r => r.EventType);
        WriteTable("profile", profileType, r => r.ProfileType, i => $"_ordinal, moved{i}(_place) AS _place, _updated, _record, sources{i}(_sources) AS _sources", "_place");
        DataType stored = Unite(r => r.StoredEventType);
        WriteTable("event", stored, r => r.StoredEventType, i => $"moved{i}(_place) AS _place, _identity, _mark, _arrival", "_place, \"@row\"");
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
    private int PlaceProfiles()
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
        return alive.Count;
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

    private void WriteTable(string table, DataType type, Func<RunFile, DataType> typeOf, Func<int, string> keys, string order)
    {
        List<SchemaLeaf> leaves = [.. SchemaLeaf.Of(type)];
        var types = new RunTypes();
        foreach (SchemaLeaf leaf in leaves.Where(l => l.Path[0] != RunFormat.IdentityMap))
        {
            IEnumerable<string> parts = view.Runs.Select((r, i) => $"SELECT {leaf.FlatExpression(typeOf(r))} AS v FROM old{i}.{table}");
            _run.FindDictionaries(types, leaf, $"({string.Join(" UNION ALL ", parts)})", "v");
        }
        IEnumerable<string> runs = view.Runs.Select((r, i) =>
        {
            IEnumerable<string> columns = leaves.Select(l =>
                $", CAST({l.FlatExpression(typeOf(r))} AS {types.Type(l.Type, l.Name)}) AS {SqlText.Identifier(l.Name)}");
            return $"SELECT {keys(i)}{string.Concat(columns)}, rowid AS \"@row\" FROM old{i}.{table} WHERE moved{i}(_place) >= 0";
        });
        workspace.Execute($"CREATE TABLE run.main.{table} AS SELECT * EXCLUDE (\"@row\") FROM ({string.Join(" UNION ALL ", runs)}) ORDER BY {order}");
    }
}
