using DuckDB.NET.Data;

namespace Muster.Benchmarks.Served;

/// <summary>
/// Made-up people of some 500 bytes with 10 events each, as Parquet files that a server ingests, a million people at a time.
/// </summary>
internal static class ServedData
{
    public const int PeopleOfAFile = 1_000_000;

    /// <summary>Writes the profiles and the events of some people.</summary>
    public static (string Profiles, string Events) Write(string folder, long first, long last, int events)
    {
        Directory.CreateDirectory(folder);
        string profiles = Path.Combine(folder, $"profiles-{first}.parquet"), happened = Path.Combine(folder, $"events-{first}.parquet");
        const string identity = "map {'CRMID': [{'id': 'customer-' || i, 'primary': true, 'authenticatedState': 'ambiguous'}]} AS identityMap";
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $$"""
            SET TimeZone = 'UTC';
            COPY (SELECT 'p' || i AS _id, {{identity}},
                {'name': {'firstName': 'First' || hash(i) % 1000, 'lastName': 'Last' || hash(i + 1) % 20000}, 'birthYear': 1940 + hash(i + 2) % 70} AS person,
                {'address': 'someone.' || i || '@mail-' || hash(i + 3) % 50 || '.example.com'} AS personalEmail,
                {'city': 'City ' || hash(i + 4) % 5000, 'postalCode': (10000 + hash(i + 5) % 80000)::VARCHAR, 'country': 'Country ' || hash(i + 6) % 60} AS homeAddress,
                {'number': (hash(i + 7) % 1000)::BIGINT, 'score': (hash(i + 8) % 100000) / 100.0::DOUBLE, 'tier': 'tier' || hash(i + 9) % 5,
                 'tags': ['tag' || hash(i + 10) % 30, 'tag' || hash(i + 11) % 30], 'since': make_timestamptz(((1500000000 + hash(i + 12) % 200000000) * 1000000)::BIGINT)} AS _bench
                FROM range({{first}}, {{last}}) t(i)) TO '{{profiles}}' (FORMAT parquet);
            COPY (SELECT 'e' || i || '-' || n AS _id, make_timestamptz(((1700000000 + hash(i, n) % 60000000) * 1000000)::BIGINT) AS timestamp,
                't' || hash(i, n, 1) % 8 AS eventType, {{identity}}, {'category': 'c' || hash(i, n, 2) % 100, 'price': (hash(i, n, 3) % 30000) / 100.0::DOUBLE} AS _bench
                FROM range({{first}}, {{last}}) t(i), range({{events}}) u(n)) TO '{{happened}}' (FORMAT parquet);
            """;
        command.ExecuteNonQuery();
        return (profiles, happened);
    }

    /// <summary>Sends all people to a server.</summary>
    public static async Task IngestAsync(ServedProcess server, string folder, BenchmarkOptions options)
    {
        for (long first = 0; first < options.Profiles; first += PeopleOfAFile)
        {
            (string profiles, string events) = Write(folder, first, Math.Min(first + PeopleOfAFile, options.Profiles), options.EventsPerProfile);
            await server.IngestAsync(profiles).ConfigureAwait(false);
            await server.IngestAsync(events).ConfigureAwait(false);
            File.Delete(profiles);
            File.Delete(events);
        }
    }

    /// <summary>The path of a lookup.</summary>
    public static string Lookup(long person) =>
        $"/data/core/ups/access/entities?schema.name=_xdm.context.profile&entityId=customer-{person}&entityIdNS=CRMID";
}
