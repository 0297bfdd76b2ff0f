using System.Globalization;
using System.Text.Json.Nodes;

namespace Muster.Benchmarks.Served;

/// <summary>What a server holds in memory: after a start over a full store, after a job, and after 10,000 lookups.</summary>
internal sealed class MemoryBenchmark(BenchmarkOptions options)
{
    private const int Lookups = 10_000;

    public async Task<JsonObject> RunAsync()
    {
        string folder = Directory.CreateDirectory(Path.Combine(options.Folder, "bench-" + Guid.NewGuid().ToString("N"))).FullName;
        string data = Path.GetFullPath(options.Data ?? Path.Combine(folder, "data"));
        var report = new JsonObject { ["profiles"] = options.Profiles, ["segments"] = options.Segments };
        try
        {
            if (options.Data is null)
            {
                using ServedProcess server = await ServedProcess.StartAsync(data).ConfigureAwait(false);
                await ServedData.IngestAsync(server, Path.Combine(folder, "input"), options).ConfigureAwait(false);
                report["lookupStore"] = await server.FilledAsync().ConfigureAwait(false);
                report["afterIngestion"] = Read(server.Id, data);
            }
            using (ServedProcess server = await ServedProcess.StartAsync(data).ConfigureAwait(false))
            {
                await server.FilledAsync().ConfigureAwait(false);
                report["idle"] = Read(server.Id, data);
                await server.EvaluateAsync(options.Segments).ConfigureAwait(false);
                report["afterJob"] = Read(server.Id, data);
                using var client = new KeepAliveClient(server.Address, server.Headers);
                await client.ConnectAsync().ConfigureAwait(false);
                var random = new Random(1);
                for (int i = 0; i < Lookups; i++) await client.AskAsync(ServedData.Lookup(random.NextInt64(options.Profiles))).ConfigureAwait(false);
                report["afterLookups"] = Read(server.Id, data);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return report;
    }

    /// <summary>
    /// Megabytes, as Linux counts them: resident, of it private and of files; and what of the data folder is mapped, resident or not.
    /// </summary>
    private static JsonObject Read(int process, string data)
    {
        Dictionary<string, long> status = File.ReadLines($"/proc/{process}/status")
            .Select(line => line.Split(':', StringSplitOptions.TrimEntries)).Where(parts => parts.Length == 2 && parts[1].EndsWith(" kB", StringComparison.Ordinal))
            .ToDictionary(parts => parts[0], parts => long.Parse(parts[1][..^3], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        long mapped = File.ReadLines($"/proc/{process}/maps").Where(line => line.Contains(data, StringComparison.Ordinal)).Sum(line =>
        {
            string[] range = line.Split(' ')[0].Split('-');
            return long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) - long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        });
        return new JsonObject
        {
            ["residentMegabytes"] = status["VmRSS"] >> 10,
            ["privateMegabytes"] = status["RssAnon"] >> 10,
            ["fileMegabytes"] = status["RssFile"] >> 10,
            ["peakMegabytes"] = status["VmHWM"] >> 10,
            ["mappedDataMegabytes"] = mapped >> 20,
        };
    }
}
