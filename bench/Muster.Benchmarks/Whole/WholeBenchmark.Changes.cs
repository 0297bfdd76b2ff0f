using System.Diagnostics;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Muster.Storage;
using Muster.Storage.DuckDb;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Benchmarks.Whole;

/// <content>What a change of few people costs, against making the profiles of all.</content>
internal sealed partial class WholeBenchmark
{
    /// <summary>
    /// Brings, round by round, a new record and a new event of every hundredth person: the time from loaded files to a committed manifest, against that
    /// of the first one.
    /// </summary>
    private async Task ChangeAsync(DataFolder data, SandboxStore store, string profiles, string events)
    {
        double first = Seconds("apply.profiles") + Seconds("apply.events");
        var seconds = new List<double>();
        long people = 0;
        for (int round = 0; round < options.Rounds; round++)
        {
            (string changed, string happened) = WriteChange(Path.GetDirectoryName(profiles)!, profiles, events, round);
            LoadResult records = await LoadAsync(data, $"profiles{round}", changed, DatasetBehavior.Record).ConfigureAwait(false);
            LoadResult news = await LoadAsync(data, $"events{round}", happened, DatasetBehavior.TimeSeries).ConfigureAwait(false);
            people = records.OutputRecords;
            await store.Lookups.WhenFilledAsync().ConfigureAwait(false);
            var watch = Stopwatch.StartNew();
            LakeBatch[] batches =
            [
                Batch(data, store, "profiles", $"profiles{round}", DatasetBehavior.Record, records),
                Batch(data, store, "events", $"events{round}", DatasetBehavior.TimeSeries, news),
            ];
            await ApplyAsync(store, batches).ConfigureAwait(false);
            seconds.Add(watch.Elapsed.TotalSeconds);
        }

        double median = Median(seconds);
        _report["onePercentChanged"] = new JsonObject
        {
            ["people"] = people,
            ["firstManifestSeconds"] = Rounded(first),
            ["medianSeconds"] = Rounded(median),
            ["shareOfFirst"] = Rounded(median / first),
        };
    }

    private double Seconds(string name) => _report[name]!["seconds"]!.GetValue<double>();

    private static (string Profiles, string Events) WriteChange(string folder, string profiles, string events, int round)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        string changed = Path.Combine(folder, $"changed-{round}.parquet"), happened = Path.Combine(folder, $"happened-{round}.parquet");
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"""
            COPY (SELECT * FROM read_parquet({SqlText.Literal(profiles)}) WHERE file_row_number % 100 = {round}) TO {SqlText.Literal(changed)} (FORMAT parquet);
            COPY (SELECT * REPLACE ('round{round}-' || _id AS _id) FROM read_parquet({SqlText.Literal(events)})
                WHERE hash(identityMap['CRMID'][1].id) % 100 = {round} AND file_row_number % 10 = 0) TO {SqlText.Literal(happened)} (FORMAT parquet)
            """;
        command.ExecuteNonQuery();
        return (changed, happened);
    }
}
