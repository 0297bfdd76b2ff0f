using System.Text.Json;
using Muster.Benchmarks;
using Muster.Benchmarks.Ingestion;
using Muster.Benchmarks.Whole;

// dotnet run -c Release --project bench/Muster.Benchmarks -- [--profiles N] [--events-per-profile N] [--segments N] [--asked N] [--rounds N] [--json]
//                                                  --ingestion [--events N] [--rounds N]
try
{
    BenchmarkOptions options = BenchmarkOptions.Parse(args);
    System.Text.Json.Nodes.JsonObject report = options.Ingestion
        ? await new IngestionBenchmark(options).RunAsync()
        : await new WholeBenchmark(options).RunAsync();
    Console.WriteLine(report.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    return 0;
}
catch (Exception exception) when (exception is ArgumentException or FormatException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 2;
}
