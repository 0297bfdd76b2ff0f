using System.Globalization;
using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>A run that is open for reading: attached read-only to the instance that reads, with what is needed of it in memory. Thread-safe.</summary>
internal sealed class RunFile
{
    private readonly DuckDBConnection _root;
    private readonly Lazy<Dictionary<string, string>> _profileColumns;
    private readonly Lazy<Dictionary<string, string>> _eventColumns;

    private RunFile(DuckDBConnection root, string file, string alias)
    {
        _root = root;
        File = file;
        Alias = alias;
        _profileColumns = new(() => ReadColumns("profile"));
        _eventColumns = new(() => ReadColumns("event"));
    }

    /// <summary>Its name in the manifest.</summary>
    public string File { get; }

    /// <summary>The name of the attached database.</summary>
    public string Alias { get; }

    /// <summary>The type of its profiles.</summary>
    public DataType ProfileType { get; private set; } = DataType.ObjectOf();

    /// <summary>The type of its events.</summary>
    public DataType EventType { get; private set; } = DataType.ObjectOf();

    /// <summary>The type of what its table of events has: without the identity maps where marks tell them all.</summary>
    public DataType StoredEventType => EventColumns.ContainsKey(RunFormat.IdentityMap)
        ? EventType
        : DataType.ObjectOf(EventType.Fields.Where(f => f.Name != RunFormat.IdentityMap));

    /// <summary>The time of its latest event in milliseconds; null if no event has one.</summary>
    public long? LatestEvent { get; private set; }

    /// <summary>The ordinals of its profiles, increasing.</summary>
    public long[] Ordinals { get; private set; } = [];

    /// <summary>The ordinals of profiles in older runs that no longer count, increasing.</summary>
    public long[] Tombstones { get; private set; } = [];

    /// <summary>The blocks.</summary>
    public BlockLayout[] Blocks { get; private set; } = [];

    /// <summary>The number of its events.</summary>
    public long Events => Blocks.Sum(b => b.Events);

    /// <summary>Sets of dataset ids by number.</summary>
    public Dictionary<int, List<string>> SourceSets { get; } = [];

    /// <summary>The dictionaries of its columns.</summary>
    public EnumDictionaries Dictionaries { get; } = new();

    /// <summary>The columns of its profiles with their types.</summary>
    public IReadOnlyDictionary<string, string> ProfileColumns => _profileColumns.Value;

    /// <summary>The columns of its events with their types.</summary>
    public IReadOnlyDictionary<string, string> EventColumns => _eventColumns.Value;

    /// <summary>Attaches a run.</summary>
    /// <exception cref="InvalidDataException">It is missing, damaged or of another version.</exception>
    public static RunFile Open(DuckDBConnection root, string folder, string file, string alias)
    {
        try
        {
            return Attach(root, folder, file, alias);
        }
        catch (DuckDBException exception)
        {
            throw new InvalidDataException($"The run {file} cannot be read.", exception);
        }
    }

    private static RunFile Attach(DuckDBConnection root, string folder, string file, string alias)
    {
        var run = new RunFile(root, file, alias);
        run.Execute($"ATTACH {SqlText.Literal(Path.Combine(folder, file))} AS {alias} (READ_ONLY)");
        using (DuckDBConnection connection = run.Connect())
        using (DuckDBCommand command = connection.CreateCommand())
        {
            command.CommandText = $"SELECT version, profile_type, event_type, latest_event FROM {alias}.meta";
            using (DuckDBDataReader meta = command.ExecuteReader())
            {
                meta.Read();
                if (meta.GetInt32(0) != RunFormat.Version) throw new InvalidDataException($"The run {file} is of version {meta.GetInt32(0)}; {RunFormat.Version} is due.");
                run.ProfileType = RunFormat.Read(meta.GetString(1));
                run.EventType = RunFormat.Read(meta.GetString(2));
                run.LatestEvent = meta.IsDBNull(3) ? null : meta.GetInt64(3);
            }
            command.CommandText = $"SELECT id, datasets FROM {alias}.source_set";
            using DuckDBDataReader sets = command.ExecuteReader();
            while (sets.Read()) run.SourceSets.Add(sets.GetInt32(0), sets.GetFieldValue<List<string>>(1));
        }
        run.Ordinals = run.ReadIntegers($"SELECT _ordinal FROM {alias}.profile");
        run.Tombstones = run.ReadIntegers($"SELECT _ordinal FROM {alias}.tombstone");
        long[] first = run.ReadIntegers($"SELECT first FROM {alias}.block"), profiles = run.ReadIntegers($"SELECT profiles FROM {alias}.block"), events = run.ReadIntegers($"SELECT events FROM {alias}.block");
        run.Blocks = [.. first.Select((f, i) => new BlockLayout((int)f, (int)profiles[i], events[i]))];
        return run;
    }

    /// <summary>A connection of the caller's own.</summary>
    public DuckDBConnection Connect()
    {
        DuckDBConnection connection;
        lock (_root) connection = _root.Duplicate();
        connection.Open();
        return connection;
    }

    /// <summary>Lets go of the file; nobody may be reading.</summary>
    public void Close() => Execute($"DETACH {Alias}");

    private long[] ReadIntegers(string sql)
    {
        var values = new List<long>();
        using var stream = new DuckDbStream(Connect(), sql);
        while (stream.Read())
        {
            var vector = new VectorView(stream.Vector(0));
            for (int row = 0; row < stream.Rows; row++) values.Add(vector.Value<long>(row));
        }
        return [.. values];
    }

    private Dictionary<string, string> ReadColumns(string table)
    {
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        using DuckDBConnection connection = Connect();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture,
            $"SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = {SqlText.Literal(Alias)} AND table_name = {SqlText.Literal(table)} ORDER BY column_index");
        using DuckDBDataReader reader = command.ExecuteReader();
        while (reader.Read()) columns.Add(reader.GetString(0), reader.GetString(1));
        return columns;
    }

    private void Execute(string sql)
    {
        lock (_root)
        {
            using DuckDBCommand command = _root.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
