using System.Globalization;
using DuckDB.NET.Data;
using Muster.Storage.DuckDb;
using Muster.Storage.Profiles;

namespace Muster.Storage.Lookup;

/// <summary>Finds whose the events of an <c>_id</c> are. Runs are sorted by people, so all ids of a view are looked at: tens of milliseconds a million.</summary>
internal static class EventOwners
{
    /// <summary>The profiles that have such an event, with the identity that the event is of: mostly one, for an id is unique in a dataset only.</summary>
    public static IReadOnlyList<EventOwner> Find(OpenView view, string id)
    {
        var found = new Dictionary<long, EventOwner>();
        for (int number = 0; number < view.Runs.Count; number++)
        {
            RunFile run = view.Runs[number];
            if (!run.EventType.TryGetField("_id", out _)) continue;
            using DuckDBConnection connection = run.Connect();
            using DuckDBCommand command = connection.CreateCommand();
            command.CommandText = string.Create(CultureInfo.InvariantCulture,
                $"SELECT DISTINCT _place, _identity FROM {run.Alias}.event WHERE \"_id\"::VARCHAR = {SqlText.Literal(id)} ORDER BY ALL");
            using DuckDBDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                int place = reader.GetInt32(0);
                if (view.IsAlive(number, place)) found.TryAdd(run.Ordinals[place], new EventOwner(run.Ordinals[place], reader.GetInt32(1)));
            }
        }

        return [.. found.Values.OrderBy(o => o.Profile)];
    }
}

/// <summary>Whose an event is.</summary>
/// <param name="Profile">The ordinal of the profile.</param>
/// <param name="Identity">The ordinal of the event's identity.</param>
public readonly record struct EventOwner(long Profile, int Identity);
