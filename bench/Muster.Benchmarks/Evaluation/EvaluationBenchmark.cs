using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Muster.Benchmarks.Whole;

namespace Muster.Benchmarks.Evaluation;

/// <summary>
/// One workload through a real store: jobs by turns with the limit (the same question answered by hand over plain arrays), with a bare
/// scan of the same columns and with DuckDB asked one segment at a time. Medians of all rounds; counts are compared.
/// </summary>
internal sealed class EvaluationBenchmark(BenchmarkOptions options, string what)
{
    private readonly JsonObject _report = [];

    public async Task<JsonObject> RunAsync()
    {
        IStoreWorkload workload = what switch
        {
            "sequences" => new SequenceWorkload(options.Profiles, options.EventsPerProfile, options.Segments),
            "nested" => new NestedWorkload(options.Profiles, options.EventsPerProfile, options.Segments),
            "mix2" => new FreeWorkload(options.Profiles, options.EventsPerProfile, options.Segments),
            _ => new MixWorkload(new Workload(options.Profiles, options.EventsPerProfile, options.Segments)),
        };
        (_report["benchmark"], _report["profiles"], _report["events"], _report["segments"]) = (what, workload.Profiles, workload.Events,
            workload.Segments.Count);
        (_report["cores"], _report["runtime"], _report["rounds"]) = (Environment.ProcessorCount, Environment.Version.ToString(),
            options.Rounds);
        string folder = Directory.CreateDirectory(Path.Combine(options.Folder, "bench-" + Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            using var peer = new DuckDBConnection("DataSource=:memory:");
            peer.Open();
            workload.Fill(peer);
            (string profiles, string events) = workload.Write(peer, Path.Combine(folder, "input"));
            await using BenchmarkStore store = await BenchmarkStore.OpenAsync(folder, profiles, events);
            PeakMemory.Reset();
            await (what switch
            {
                "cores" => CoresAsync(store, workload),
                "one-more" => OneMoreAsync(store, workload),
                "alone" => AloneAsync(store, workload, peer),
                _ => AgainstAllAsync(store, workload, peer),
            });
            _report["peakMegabytes"] = PeakMemory.Megabytes;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return _report;
    }

    private async Task AgainstAllAsync(BenchmarkStore store, IStoreWorkload workload, DuckDBConnection peer)
    {
        List<double> jobs = [], evaluations = [], limits = [], scans = [], asked = [];
        int differing = 0, limitDiffers = 0;
        int perRound = Math.Max(1, options.Asked / options.Rounds);
        for (int round = 0; round < options.Rounds; round++)
        {
            BenchmarkJob job = await store.JobAsync(workload.Segments, commits: true);
            jobs.Add(job.Seconds);
            evaluations.Add(job.EvaluateSeconds);
            var watch = Stopwatch.StartNew();
            if (workload.Limit() is { } limit)
            {
                limits.Add(watch.Elapsed.TotalSeconds);
                limitDiffers = limit.Where((count, i) => count != job.Counts[i]).Count();
            }
            _report["costs"] = CostsOf(job);
            scans.Add(await store.AddUpAsync(job.Request));
            for (int i = 0; i < perRound; i++)
            {
                int segment = (round * perRound + i) % workload.Segments.Count;
                watch.Restart();
                if (Ask(peer, workload.Segments[segment].Sql) != job.Counts[segment]) differing++;
                asked.Add(watch.Elapsed.TotalSeconds);
            }
        }
        double median = Median(jobs), oneByOne = asked.Average() * workload.Segments.Count, scan = Median(scans);
        _report["firstJobSeconds"] = Rounded(jobs[0]);
        _report["jobSeconds"] = Rounded(median);
        _report["scanAndEvaluateSeconds"] = Rounded(Median(evaluations));
        _report["bareScanSeconds"] = Rounded(scan);
        if (limits.Count > 0)
        {
            double limit = Median(limits);
            (_report["limitSeconds"], _report["timesLimit"], _report["ofThreeLimitsAndTwoScans"]) = (Rounded(limit),
                Rounded(median / limit), Rounded(median / (3 * limit + 2 * scan)));
            _report["limitCountsDiffering"] = limitDiffers;
        }
        (_report["duckDbAsked"], _report["duckDbSecondsEach"], _report["duckDbExtrapolatedSeconds"]) = (asked.Count,
            Rounded(asked.Average()), Rounded(oneByOne));
        (_report["timesFasterThanDuckDb"], _report["duckDbCountsDiffering"]) = (Rounded(oneByOne / median), differing);
    }

    private async Task CoresAsync(BenchmarkStore store, IStoreWorkload workload)
    {
        List<double> one = [], two = [], oneWhole = [], twoWhole = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            BenchmarkJob alone = await store.JobAsync(workload.Segments, commits: true, cores: 1),
                both = await store.JobAsync(workload.Segments, commits: true, cores: 2);
            one.Add(alone.EvaluateSeconds);
            two.Add(both.EvaluateSeconds);
            oneWhole.Add(alone.Seconds);
            twoWhole.Add(both.Seconds);
        }
        (_report["oneCoreSeconds"], _report["twoCoresSeconds"]) = (Rounded(Median(one)), Rounded(Median(two)));
        (_report["timesFasterScanAndEvaluate"], _report["timesFasterEndToEnd"]) = (Rounded(Median(one) / Median(two)),
            Rounded(Median(oneWhole) / Median(twoWhole)));
    }

    // The last segment is the one more. Its share of the time is too small to be seen as a difference of two jobs, so its work is told too.
    private async Task OneMoreAsync(BenchmarkStore store, IStoreWorkload workload)
    {
        BenchmarkSegment[] without = [.. workload.Segments.SkipLast(1)];
        List<double> fewer = [], all = [], marginal = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            fewer.Add((await store.JobAsync(without, commits: true)).Seconds);
            BenchmarkJob job = await store.JobAsync(workload.Segments, commits: true);
            all.Add(job.Seconds);
            marginal.Add(job.Costs.Segments.Average(cost => cost.MarginalMilliseconds) / job.Costs.TotalMilliseconds);
            _report["marginalWorkShare"] = Rounded(job.Costs.Segments.Average(cost => (double)cost.MarginalWork) / job.Costs.TotalWork);
        }
        (_report["jobSeconds"], _report["withoutItSeconds"]) = (Rounded(Median(all)), Rounded(Median(fewer)));
        (_report["differenceShare"], _report["marginalTimeShare"]) = (Rounded((Median(all) - Median(fewer)) / Median(all)),
            Rounded(Median(marginal)));
    }

    private async Task AloneAsync(BenchmarkStore store, IStoreWorkload workload, DuckDBConnection peer)
    {
        List<double> ours = [], theirs = [];
        int differing = 0;
        for (int round = 0; round < options.Rounds; round++)
        {
            for (int segment = 0; segment < Math.Min(options.Asked, workload.Segments.Count); segment++)
            {
                BenchmarkJob job = await store.JobAsync([workload.Segments[segment]], commits: false);
                ours.Add(job.Seconds);
                var watch = Stopwatch.StartNew();
                if (Ask(peer, workload.Segments[segment].Sql) != job.Counts[0]) differing++;
                theirs.Add(watch.Elapsed.TotalSeconds);
            }
        }
        (_report["secondsEach"], _report["duckDbSecondsEach"], _report["ofDuckDb"]) = (Rounded(Median(ours)), Rounded(Median(theirs)),
            Rounded(ours.Average() / theirs.Average()));
        _report["duckDbCountsDiffering"] = differing;
    }

    // Where the time of the last job went, of all threads together.
    private static JsonObject CostsOf(BenchmarkJob job) => new()
    {
        ["planSeconds"] = Rounded(job.PlanSeconds),
        ["expressions"] = job.Costs.Expressions.Count,
        ["expressionMilliseconds"] = Rounded(job.Costs.TotalMilliseconds),
        ["byKind"] = new JsonObject(
            job.Costs.Expressions.GroupBy(e => $"{e.Domain}: {string.Concat(e.Text.TakeWhile(c => c is not ('#' or '[' or '"')))}".Trim())
            .Select(g => (g.Key, Milliseconds: g.Sum(e => e.Milliseconds), Count: g.Count())).OrderByDescending(g => g.Milliseconds).Take(8)
            .Select(g => KeyValuePair.Create(g.Key, (JsonNode?)$"{g.Milliseconds:F1} ms in {g.Count}"))),
    };

    private static long Ask(DuckDBConnection peer, string sql)
    {
        using DuckDBCommand command = peer.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Rounded(double value) =>
        double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
