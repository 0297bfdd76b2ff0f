using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Profiles;

namespace Muster.Storage.Lookup;

/// <summary>Reads pages of the events of a profile from its run: some milliseconds each. Not thread-safe.</summary>
internal sealed class EventPageReader : IDisposable
{
    private readonly RunFile _run;
    private readonly DuckDBConnection _connection;
    private readonly bool _hasTime;
    private readonly bool _hasId;
    private readonly string _ofProfile;
    private readonly IReadOnlyDictionary<long, LakeBatch> _batches;

    /// <param name="run">The run that holds the profile.</param>
    /// <param name="place">Its place there.</param>
    /// <param name="batches">The batches of the state by sequence.</param>
    public EventPageReader(RunFile run, int place, IReadOnlyDictionary<long, LakeBatch> batches)
    {
        _run = run;
        _batches = batches;
        _connection = run.Connect();
        _hasTime = run.EventType.TryGetField("timestamp", out DataType? time) && time.Kind == TypeKind.Timestamp;
        _hasId = run.EventType.TryGetField("_id", out _);
        _ofProfile = string.Create(CultureInfo.InvariantCulture, $"_place = {place}");
    }

    /// <summary>One page.</summary>
    public EventPage Read(EventPageQuery query)
    {
        bool needsTime = (query.Start ?? query.End) is not null, needsId = query.Id is not null;
        if (!_run.EventType.Fields.Any(NestedJson.HasColumns) || (needsTime && !_hasTime) || (needsId && !_hasId)) return EventPage.Empty;
        // Rows are stored by time and arrival, so their numbers are an order; the other way round, those without a time are still last.
        string order = !query.Descending ? "rowid" : _hasTime ? "\"timestamp\" DESC NULLS LAST, rowid DESC" : "rowid DESC";
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            SELECT {Id}::VARCHAR, {Microseconds}, {RunFormat.BatchOfEvent}, rowid, to_json({NestedJson.EventStruct(_run)})::VARCHAR
            FROM {_run.Alias}.event WHERE {string.Join(" AND ", Conditions(query))} ORDER BY {order} LIMIT {query.Limit + 1}
            """);
        var documents = new DocumentWriter(JsonShape.Of(_run.EventType));
        var events = new List<StoredEvent>();
        EventPosition? last = null;
        long lastRow = 0;
        using (DuckDBDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                // One more than the page tells that there is another page.
                if (events.Count == query.Limit)
                    return new EventPage(events, last! with { Twin = CountTwins(last, lastRow, query.Descending) });
                string? id = reader.IsDBNull(0) ? null : reader.GetString(0);
                long? time = reader.IsDBNull(1) ? null : reader.GetInt64(1);
                byte[] document = documents.Write(Encoding.UTF8.GetBytes(reader.GetString(4))).ToArray();
                last = new EventPosition(time, id, reader.GetInt64(2), 0);
                lastRow = reader.GetInt64(3);
                events.Add(new StoredEvent(id, time is { } t ? FloorToMilliseconds(t) : null, _batches[last.Batch].IngestedAt, document));
            }
        }
        return new EventPage(events, null);
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private string Id => _hasId ? "\"_id\"" : "NULL";

    private string Microseconds => _hasTime ? "epoch_us(\"timestamp\")" : "NULL::BIGINT";

    private IEnumerable<string> Conditions(EventPageQuery query)
    {
        yield return _ofProfile;
        if (query.Start is { } start) yield return $"\"timestamp\" >= {RunFormat.Instant(start)}";
        if (query.End is { } end) yield return $"\"timestamp\" < {RunFormat.Instant(end)}";
        if (query.Id is { } id) yield return $"{Id}::VARCHAR = {SqlText.Literal(id)}";
        foreach (EventCondition condition in query.Conditions) yield return $"({EventConditionSql.Of(_run, condition)})";
        if (query.After is { } after) yield return Behind(after, query.Descending);
    }

    private string Behind(EventPosition after, bool descending)
    {
        string beyond = descending ? "<" : ">";
        // An event that is gone by now leaves a gap among those of its time, which the batches tell well enough: nothing is left out.
        string behindTwin = FindRow(after, descending) is { } row
            ? string.Create(CultureInfo.InvariantCulture, $"rowid {beyond} {row}")
            : string.Create(CultureInfo.InvariantCulture, $"{RunFormat.BatchOfEvent} {beyond}= {after.Batch}");
        if (!_hasTime) return behindTwin;
        if (after.Microseconds is null) return $"\"timestamp\" IS NULL AND {behindTwin}";
        string time = Time(after.Microseconds.Value);
        return $"(\"timestamp\" {beyond} {time} OR (\"timestamp\" = {time} AND {behindTwin}) OR \"timestamp\" IS NULL)";
    }

    private long? FindRow(EventPosition position, bool descending)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        string order = descending ? "DESC" : "ASC";
        command.CommandText = string.Create(CultureInfo.InvariantCulture,
            $"SELECT rowid FROM {_run.Alias}.event WHERE {Twins(position)} ORDER BY rowid {order} LIMIT 1 OFFSET {position.Twin}");
        return command.ExecuteScalar() is long row ? row : null;
    }

    private int CountTwins(EventPosition position, long row, bool descending)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture,
            $"SELECT count(*) FROM {_run.Alias}.event WHERE {Twins(position)} AND rowid {(descending ? ">" : "<")} {row}");
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private string Twins(EventPosition position)
    {
        string time = !_hasTime ? "true"
            : position.Microseconds is { } microseconds ? $"\"timestamp\" = {Time(microseconds)}" : "\"timestamp\" IS NULL";
        string id = position.Id is null ? $"{Id} IS NULL" : $"{Id}::VARCHAR = {SqlText.Literal(position.Id)}";
        return string.Create(CultureInfo.InvariantCulture, $"{_ofProfile} AND {time} AND {id} AND {RunFormat.BatchOfEvent} = {position.Batch}");
    }

    private static string Time(long microseconds) => string.Create(CultureInfo.InvariantCulture, $"make_timestamptz({microseconds})");

    private static long FloorToMilliseconds(long microseconds) => (microseconds - (((microseconds % 1000) + 1000) % 1000)) / 1000;
}
