using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Muster.Benchmarks.Served;

/// <summary>
/// Lookups of random people over HTTP against an empty endpoint behind the same authentication, by turns in one run: requests a second, and
/// how
/// long they take. Clients and server share the cores of one machine.
/// </summary>
internal sealed class LookupBenchmark(BenchmarkOptions options)
{
    private const string Ping = "/data/muster/ping";
    private static readonly TimeSpan _round = TimeSpan.FromSeconds(3);
    private readonly JsonObject _report = [];

    public async Task<JsonObject> RunAsync()
    {
        string folder = Directory.CreateDirectory(Path.Combine(options.Folder, "bench-" + Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            using ServedProcess server = await ServedProcess.StartAsync(options.Data ?? Path.Combine(folder, "data")).ConfigureAwait(false);
            (_report["profiles"], _report["clients"], _report["cores"]) = (options.Profiles, options.Clients, Environment.ProcessorCount);
            var watch = Stopwatch.StartNew();
            if (options.Data is null)
            {
                await ServedData.IngestAsync(server, Path.Combine(folder, "input"), options).ConfigureAwait(false);
                _report["ingestSeconds"] = Rounded(watch.Elapsed.TotalSeconds);
                await MeasureAsync(server, "whileFilling", 1, TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            }
            watch.Restart();
            _report["lookupStore"] = await server.FilledAsync().ConfigureAwait(false);
            _report["fillSecondsLeft"] = Rounded(watch.Elapsed.TotalSeconds);
            await MeasureAsync(server, "withoutMemberships", options.Rounds, _round).ConfigureAwait(false);
            if (options.Segments > 0)
            {
                await server.EvaluateAsync(options.Segments).ConfigureAwait(false);
                await MeasureAsync(server, $"withMembershipsOf{options.Segments}Segments", options.Rounds, _round).ConfigureAwait(false);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return _report;
    }

    private async Task MeasureAsync(ServedProcess server, string name, int rounds, TimeSpan time)
    {
        var clients = new KeepAliveClient[options.Clients];
        for (int i = 0; i < clients.Length; i++)
        {
            clients[i] = new KeepAliveClient(server.Address, server.Headers);
            await clients[i].ConnectAsync().ConfigureAwait(false);
        }
        var pings = new List<Figures>();
        var lookups = new List<Figures>();
        var random = new Random(1);
        int bytes = await clients[0].AskAsync(ServedData.Lookup(options.Profiles / 2)).ConfigureAwait(false);
        // One more at the beginning, which does not count: code is compiled when it is used.
        for (int round = 0; round <= rounds; round++)
        {
            Figures ping = await RoundAsync(clients, _ => Ping, time).ConfigureAwait(false);
            Figures lookup = await RoundAsync(clients, r => ServedData.Lookup(r.NextInt64(options.Profiles)), time).ConfigureAwait(false);
            if (round == 0 && rounds > 1) continue;
            pings.Add(ping);
            lookups.Add(lookup);
        }
        foreach (KeepAliveClient client in clients) client.Dispose();
        Figures empty = Figures.Median(pings), found = Figures.Median(lookups);
        _report[name] = new JsonObject
        {
            ["bytesOfAnAnswer"] = bytes,
            ["empty"] = empty.ToJson(),
            ["lookup"] = found.ToJson(),
            ["ratio"] = Rounded(found.PerSecond / empty.PerSecond),
            ["p99Ratio"] = Rounded(found.P99 / empty.P99),
        };
    }

    private static async Task<Figures> RoundAsync(KeepAliveClient[] clients, Func<Random, string> path, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        List<long>[] taken = await Task.WhenAll(clients.Select((client, i) =>
        {
            var random = new Random(i);
            return Task.Run(() => client.RunAsync(() => path(random), time));
        })).ConfigureAwait(false);
        double seconds = watch.Elapsed.TotalSeconds;
        double[] all = [.. taken.SelectMany(t => t).Select(t => t * 1000.0 / Stopwatch.Frequency).Order()];
        return new Figures(all.Length / seconds, all[all.Length / 2], all[(int)(all.Length * 0.99)]);
    }

    private static double Rounded(double value) => double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>Requests a second, and milliseconds.</summary>
    private readonly record struct Figures(double PerSecond, double P50, double P99)
    {
        public static Figures Median(List<Figures> all) => new(
            all.Select(f => f.PerSecond).Order().ElementAt(all.Count / 2), all.Select(f => f.P50).Order().ElementAt(all.Count / 2),
            all.Select(f => f.P99).Order().ElementAt(all.Count / 2));

        public JsonObject ToJson() => new() { ["perSecond"] = Rounded(PerSecond), ["p50Milliseconds"] = Rounded(P50), ["p99Milliseconds"] = Rounded(P99) };
    }
}
