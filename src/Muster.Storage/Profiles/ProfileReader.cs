using System.Globalization;
using DuckDB.NET.Data;
using Muster.Pql.Types;

namespace Muster.Storage.Profiles;

/// <summary>Reads single profiles and their events of one view. Thread-safe.</summary>
/// <param name="view">The runs.</param>
/// <param name="batches">The batches of the state by sequence.</param>
internal sealed class ProfileReader(OpenView view, IReadOnlyDictionary<long, LakeBatch> batches)
{
    /// <summary>The profile; null if there is none of that ordinal.</summary>
    public ProfileDocument? Read(long ordinal)
    {
        if (view.Find(ordinal) is not ({ } run, int place)) return null;
        using DuckDBConnection connection = run.Connect();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture,
            $"SELECT _updated, _record, _sources, to_json({NestedJson.Struct(run.ProfileType)})::VARCHAR FROM {run.Alias}.profile WHERE _place = {place}");
        using DuckDBDataReader reader = command.ExecuteReader();
        if (!reader.Read()) throw new InvalidDataException($"The run {run.File} lacks profile {ordinal}.");
        return new ProfileDocument(
            ordinal, NestedJson.Read(reader.GetString(3), run.ProfileType), run.SourceSets[reader.GetInt32(2)], reader.GetInt64(0), reader.GetBoolean(1));
    }

    /// <summary>Events of a profile; none if there is none of that ordinal.</summary>
    public List<ProfileEvent> ReadEvents(long ordinal, EventQuery query)
    {
        if (view.Find(ordinal) is not ({ } run, int place) || !run.EventType.Fields.Any(NestedJson.HasColumns)) return [];
        bool hasTime = run.EventType.TryGetField("timestamp", out DataType? time) && time.Kind == TypeKind.Timestamp;
        bool hasId = run.EventType.TryGetField("_id", out _);
        if (!hasTime && (query.Start ?? query.End) is not null) return [];
        string where = string.Create(CultureInfo.InvariantCulture, $"_place = {place}");
        if (query.Start is { } start) where += $" AND \"timestamp\" >= {RunFormat.Instant(start)}";
        if (query.End is { } end) where += $" AND \"timestamp\" < {RunFormat.Instant(end)}";
        string order = !query.Descending ? "rowid" : hasTime ? "\"timestamp\" DESC NULLS LAST, rowid DESC" : "rowid DESC";

        using DuckDBConnection connection = run.Connect();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            SELECT {(hasId ? "\"_id\"::VARCHAR" : "NULL::VARCHAR")}, {(hasTime ? "epoch_ms(\"timestamp\")" : "NULL::BIGINT")}, {RunFormat.BatchOfEvent},
            to_json({NestedJson.EventStruct(run)})::VARCHAR
            FROM {run.Alias}.event WHERE {where} ORDER BY {order} LIMIT {query.Limit} OFFSET {query.Offset}
            """);
        using DuckDBDataReader reader = command.ExecuteReader();
        var events = new List<ProfileEvent>();
        while (reader.Read())
        {
            events.Add(new ProfileEvent(
                reader.IsDBNull(0) ? null : reader.GetString(0),
                reader.IsDBNull(1) ? null : reader.GetInt64(1),
                batches[reader.GetInt64(2)].IngestedAt,
                NestedJson.Read(reader.GetString(3), run.EventType)));
        }
        return events;
    }
}
