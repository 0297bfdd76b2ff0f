using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Muster.Benchmarks.Whole;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Journal;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Benchmarks.Ingestion;

/// <summary>
/// The events of the workload from a file to lookups and jobs: our load into the lake and apply to profiles, against DuckDB reading the
/// same file into a table of a database file. Both in turn, round by round, in one process; medians and ratios out as JSON.
/// </summary>
internal sealed class IngestionBenchmark(BenchmarkOptions options)
{
    private const string SandboxId = "bench";
    private const int EventsPerProfile = 10;

    public async Task<JsonObject> RunAsync()
    {
        string folder = Directory.CreateDirectory(Path.Combine(options.Folder, "bench-" + Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            (long events, string json, string parquet) = WriteInput(folder);
            var report = new JsonObject
            {
                ["events"] = events,
                ["rounds"] = options.Rounds,
                ["cores"] = Environment.ProcessorCount,
                ["runtime"] = Environment.Version.ToString(),
            };
            PeakMemory.Reset();
            foreach ((string name, string file, InputFormat format) in
                ((string, string, InputFormat)[])[("jsonLines", json, InputFormat.JsonLines), ("parquet", parquet, InputFormat.Parquet)])
            {
                var rounds = new List<Round>();
                for (int round = 0; round < options.Rounds; round++)
                {
                    string scratch = Directory.CreateDirectory(Path.Combine(folder, $"{name}-{round}")).FullName;
                    double peer = ReadIntoTable(Path.Combine(scratch, "peer.duckdb"), file, format);
                    string data = Path.Combine(scratch, "data");
                    (double load, double apply) = await IngestAsync(data, file, format, events).ConfigureAwait(false);
                    rounds.Add(new Round(peer, load, apply));
                    Directory.Delete(scratch, recursive: true);
                }

                report[name] = Summary(rounds, events, new FileInfo(file).Length);
            }

            report["peakMegabytes"] = PeakMemory.Megabytes;
            return report;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private (long Events, string Json, string Parquet) WriteInput(string folder)
    {
        var workload = new Workload(Math.Max(1, options.Events / EventsPerProfile), EventsPerProfile, segments: 0);
        using var source = new DuckDBConnection("DataSource=:memory:");
        source.Open();
        WorkloadTables.Fill(source, workload);
        (_, string json) = WorkloadTables.Write(source, Path.Combine(folder, "json"), json: true);
        (_, string parquet) = WorkloadTables.Write(source, Path.Combine(folder, "parquet"), json: false);
        return (workload.Events, json, parquet);
    }

    private static double ReadIntoTable(string database, string file, InputFormat format)
    {
        using var connection = new DuckDBConnection($"DataSource={database}");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        string reader = format == InputFormat.Parquet ? "read_parquet" : "read_json";
        command.CommandText = $"CREATE TABLE events AS SELECT * FROM {reader}({SqlText.Literal(file)})";
        var watch = Stopwatch.StartNew();
        command.ExecuteNonQuery();
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<(double Load, double Apply)> IngestAsync(string root, string file, InputFormat format, long events)
    {
        var data = new DataFolder(root);
        ControlPlaneDatabase database = await ControlPlaneDatabase.OpenAsync(data.Root, CancellationToken.None).ConfigureAwait(false);
        var journal = new SandboxJournal(database, TimeProvider.System);
        await using var stores = new SandboxStores(database, data, journal, DuckDbOptions.Default);
        SandboxStore store = await stores.GetAsync(SandboxId).ConfigureAwait(false);
        var request = new LoadRequest(
            [new InputFile("events", file)], format, DatasetBehavior.TimeSeries, null, RequireEventFields: true, AllowMissingIdentity: false,
            0, data.Lake(SandboxId, "events", "events"), data.NewSpill(SandboxId));

        var watch = Stopwatch.StartNew();
        LoadResult loaded = await new RecordLoader(DuckDbOptions.Default).LoadAsync(request, null, CancellationToken.None)
            .ConfigureAwait(false);
        double load = watch.Elapsed.TotalSeconds;
        if (!loaded.Succeeded || loaded.OutputRecords != events)
            throw new InvalidOperationException("The load failed: " + string.Join("; ", loaded.Errors.Select(e => e.Description)));
        var batch = new LakeBatch(
            "events", "events", store.NextBatchSequence, Workload.AsOf.ToUnixTimeMilliseconds(), DatasetBehavior.TimeSeries,
            loaded.Schema,
            [.. loaded.Files.Select(f => data.Relative(SandboxId, f.Path))]);
        PreparedApply prepared = await store.PrepareAsync(new StoreChange { Added = [batch] }, null, CancellationToken.None).ConfigureAwait(false);
        await store.CommitAsync(prepared, JournalKinds.BatchCommitted, new { name = "events" }, (_, _) => Task.FromResult(true), CancellationToken.None)
            .ConfigureAwait(false);
        return (load, watch.Elapsed.TotalSeconds - load);
    }

    private static JsonObject Summary(List<Round> rounds, long events, long bytes)
    {
        double peer = Median(rounds.Select(r => r.Peer));
        double load = Median(rounds.Select(r => r.Load)), whole = Median(rounds.Select(r => r.Load + r.Apply));
        return new JsonObject
        {
            ["bytes"] = bytes,
            ["duckDbSeconds"] = Rounded(peer),
            ["loadSeconds"] = Rounded(load),
            ["applySeconds"] = Rounded(Median(rounds.Select(r => r.Apply))),
            ["loadAndApplySeconds"] = Rounded(whole),
            ["loadAndApplyEventsPerSecond"] = (long)(events / whole),
            ["loadSpeedOfDuckDb"] = Rounded(peer / load),
            ["loadAndApplySpeedOfDuckDb"] = Rounded(peer / whole),
            ["duckDbSecondsOfRounds"] = new JsonArray([.. rounds.Select(r => (JsonNode)Rounded(r.Peer))]),
            ["loadSecondsOfRounds"] = new JsonArray([.. rounds.Select(r => (JsonNode)Rounded(r.Load))]),
            ["applySecondsOfRounds"] = new JsonArray([.. rounds.Select(r => (JsonNode)Rounded(r.Apply))]),
        };
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static double Rounded(double value) =>
        double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private readonly record struct Round(double Peer, double Load, double Apply);
}
