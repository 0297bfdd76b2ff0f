using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>Writes what every run has beside its profiles and events, into the database <c>run</c> that is attached to a workspace. One run.</summary>
internal sealed class RunDatabase(DuckDbWorkspace workspace)
{
    // A column with more distinct values than fit a dictionary among its first records is not worth a scan of the rest.
    private const int SampleRows = 250_000;

    private readonly Dictionary<string, bool> _fitsSample = new(StringComparer.Ordinal);
    private int _dictionaries;

    /// <summary>Makes the text of a column that repeats few values an ENUM of these.</summary>
    /// <param name="types">Takes them.</param>
    /// <param name="leaf">The column.</param>
    /// <param name="relation">A table or a query in brackets.</param>
    /// <param name="column">The column's expression there.</param>
    public void FindDictionaries(RunTypes types, SchemaLeaf leaf, string relation, string column)
    {
        foreach ((string place, string values) in RunTypes.TextPlaces(leaf.Type, leaf.Name, column))
        {
            if (!FindDistinct(values, $"(SELECT {column} FROM {relation} LIMIT {SampleRows})")) continue;
            if (!FitsSample(relation) && !FindDistinct(values, relation)) continue;
            string name = $"run.main.{SqlText.Identifier("d" + _dictionaries++)}";
            workspace.Execute($"CREATE TYPE {name} AS ENUM (SELECT v FROM dictionary WHERE v IS NOT NULL ORDER BY v)");
            types.UseEnum(place, name);
        }
    }

    /// <summary>Makes the text at a place an ENUM of values that are known.</summary>
    /// <param name="types">Takes it.</param>
    /// <param name="place">As <see cref="RunTypes"/> names places.</param>
    /// <param name="values">All that occur, each once; too many are left as text.</param>
    public void UseValues(RunTypes types, string place, IReadOnlyCollection<string> values)
    {
        if (values.Count is 0 or > RunFormat.MaxDictionary) return;
        string name = $"run.main.{SqlText.Identifier("d" + _dictionaries++)}";
        workspace.Execute($"CREATE TYPE {name} AS ENUM ({string.Join(", ", values.Order(StringComparer.Ordinal).Select(SqlText.Literal))})");
        types.UseEnum(place, name);
    }

    /// <summary>Writes a table of integers.</summary>
    /// <param name="table">Its name and, in brackets, its columns, all BIGINT.</param>
    /// <param name="columns">Their values.</param>
    public void WriteIntegers(string table, params long[][] columns)
    {
        // The appender writes to the workspace's own database only.
        string name = table[..table.IndexOf('(', StringComparison.Ordinal)];
        workspace.Execute($"CREATE TABLE {table}");
        ChunkAppender.AppendAll(workspace.Connection, name, [.. columns.Select(c => (ReadOnlyMemory<long>)c)]);
        workspace.Execute($"CREATE TABLE run.main.{name} AS SELECT * FROM {name}; DROP TABLE {name}");
    }

    /// <summary>Writes the table of blocks.</summary>
    /// <param name="events">The number of events by place.</param>
    public void WriteBlocks(ReadOnlySpan<int> events)
    {
        List<BlockLayout> blocks = BlockLayout.Cut(events);
        WriteIntegers("block(first BIGINT, profiles BIGINT, events BIGINT)",
            [.. blocks.Select(b => (long)b.First)], [.. blocks.Select(b => (long)b.Profiles)], [.. blocks.Select(b => b.Events)]);
    }

    /// <summary>Writes the sets of datasets that profiles are from.</summary>
    public void WriteSourceSets(IReadOnlyList<string[]> sets)
    {
        IEnumerable<string> rows = sets.Select((s, i) => $"({i}, {SqlText.Literals(s)}::VARCHAR[])");
        workspace.Execute($"CREATE TABLE run.main.source_set AS SELECT * FROM (VALUES {string.Join(", ", rows)}) s(id, datasets)");
    }

    /// <summary>Writes the last table, which says what the run is.</summary>
    public void WriteMeta(DataType profileType, DataType eventType)
    {
        string latest = eventType.TryGetField("timestamp", out DataType? time) && time.Kind == TypeKind.Timestamp
            ? "(SELECT max(epoch_ms(\"timestamp\")) FROM run.main.event)"
            : "NULL::BIGINT";
        workspace.Execute($"""
            CREATE TABLE run.main.meta AS SELECT {RunFormat.Version} AS version, {SqlText.Literal(RunFormat.Write(profileType))} AS profile_type,
            {SqlText.Literal(RunFormat.Write(eventType))} AS event_type, {latest} AS latest_event
            """);
    }

    private bool FitsSample(string relation)
    {
        if (_fitsSample.TryGetValue(relation, out bool fits)) return fits;
        fits = workspace.Scalar<long>($"SELECT count(*) FROM (SELECT 1 FROM {relation} LIMIT {SampleRows + 1})") <= SampleRows;
        _fitsSample.Add(relation, fits);
        return fits;
    }

    private bool FindDistinct(string values, string relation)
    {
        workspace.Execute($"CREATE OR REPLACE TEMP TABLE dictionary AS SELECT DISTINCT {values} AS v FROM {relation}");
        return workspace.Scalar<long>("SELECT count(v) FROM dictionary") is > 0 and <= RunFormat.MaxDictionary;
    }
}
