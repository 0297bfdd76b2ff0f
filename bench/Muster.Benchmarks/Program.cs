using System.Text.Json;
using Muster.Benchmarks;
using Muster.Benchmarks.Evaluation;
using Muster.Benchmarks.Ingestion;
using Muster.Benchmarks.Language;
using Muster.Benchmarks.Served;
using Muster.Benchmarks.Whole;

// dotnet run -c Release --project bench/Muster.Benchmarks -- [--profiles N] [--events-per-profile N] [--segments N] [--asked N] [--rounds N] [--json]
// With --limit, --sequences, --nested, --mix2, --cores, --one-more, --alone or --one: the evaluation alone, against its limits and DuckDB.
// With --ingestion [--events N]: DuckDB reading the same files. With --lookups or --memory: a server in a process of its own. With --pql: the language alone.
try
{
    BenchmarkOptions options = BenchmarkOptions.Parse(args);
    if (options.Serve is { } served)
    {
        await BenchmarkServer.RunAsync(served);
        return 0;
    }

    System.Text.Json.Nodes.JsonObject report = options switch
    {
        { Ingestion: true } => await new IngestionBenchmark(options).RunAsync(),
        { Pql: true } => new PqlBenchmark().Run(),
        { Lookups: true } => await new LookupBenchmark(options).RunAsync(),
        { Evaluation: "one" } => new OneProfileBenchmark(options).Run(),
        { Evaluation: { } what } => await new EvaluationBenchmark(options, what).RunAsync(),
        { Memory: true } => await new MemoryBenchmark(options).RunAsync(),
        _ => await new WholeBenchmark(options).RunAsync(),
    };
    Console.WriteLine(report.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    return 0;
}
catch (ArgumentException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 2;
}
