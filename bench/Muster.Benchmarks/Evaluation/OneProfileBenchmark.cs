using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Benchmarks.Whole;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Pql;
using Muster.Pql.Types;

namespace Muster.Benchmarks.Evaluation;

/// <summary>The segments of the first mix over a block of one profile with 50 events, on one core; the profile is in columns
/// already.</summary>
internal sealed class OneProfileBenchmark(BenchmarkOptions options)
{
    private const int Events = 50, WarmUps = 2_000, Measured = 2_000;

    public JsonObject Run()
    {
        var workload = new Workload(1, 1, options.Segments);
        var random = new Random(5);
        string profile = JsonSerializer.Serialize(new
        {
            _bench = Enumerable.Range(0, 12).Select(a => KeyValuePair.Create($"a{a}", (object)("v" + random.Next(Workload.Cardinality[a]))))
                .Concat(Enumerable.Range(0, 4).Select(n => KeyValuePair.Create($"n{n}", (object)(random.NextDouble() * 1000))))
                    .ToDictionary(),
            xEvent = Enumerable.Range(0, Events).Select(_ => new
            {
                timestamp = Workload.AsOf.AddSeconds(-random.Next(Workload.Now)),
                eventType = "t" + random.Next(Workload.EventTypes),
                _bench = new { category = "c" + random.Next(20) },
            }),
        });
        ProfileSchema schema = SchemaOf();
        SegmentQuery[] queries = workload.Segments.Select((segment, i) =>
            new SegmentQuery("s" + i, PqlCompiler.CompileSegment(segment.ToPql(), PqlFormat.Text, schema).Query!)).ToArray();
        long asOf = Workload.AsOf.ToUnixTimeMilliseconds();
        EvaluationPlan plan = EvaluationPlan.Create(queries, schema, new PlanOptions { AsOf = asOf });
        Evaluator evaluator = plan.CreateEvaluator();
        var result = new EvaluationResult();
        using JsonDocument record = JsonDocument.Parse(profile);
        Block Make()
        {
            var builder = new BlockBuilder(schema);
            builder.Add(1, record.RootElement);
            return builder.Build();
        }
        Block block = Make();
        for (int i = 0; i < WarmUps; i++) evaluator.Evaluate(i % 2 == 0 ? block : Make(), asOf, NoSegmentMembers.Instance, result);
        (double median, long allocated) = Measure(() => evaluator.Evaluate(block, asOf, NoSegmentMembers.Instance, result));
        (double withColumns, long columnsAllocated) = Measure(() => evaluator.Evaluate(Make(), asOf, NoSegmentMembers.Instance, result));
        return new JsonObject
        {
            ["benchmark"] = "one",
            ["segments"] = queries.Length,
            ["events"] = Events,
            ["medianMicroseconds"] = Math.Round(median, 1),
            ["bytesAllocated"] = allocated,
            ["medianMicrosecondsFromJson"] = Math.Round(withColumns, 1),
            ["bytesAllocatedFromJson"] = columnsAllocated,
            ["members"] = Enumerable.Range(0, queries.Length).Count(i => result.IsMember(i, 0)),
        };
    }

    private static (double Microseconds, long Bytes) Measure(Action action)
    {
        var times = new List<double>(Measured);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Measured; i++)
        {
            long started = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }
        long allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / Measured;
        times.Sort();
        return (times[Measured / 2], allocated);
    }

    private static ProfileSchema SchemaOf()
    {
        DataType attributes = DataType.ObjectOf([
            .. Enumerable.Range(0, 12).Select(a => new Field($"a{a}", DataType.String)),
                .. Enumerable.Range(0, 4).Select(n => new Field($"n{n}", DataType.Double))]);
        DataType happened = DataType.ObjectOf([
            new Field("timestamp", DataType.Timestamp), new Field("eventType", DataType.String),
                new Field("_bench", DataType.ObjectOf([new Field("category", DataType.String)]))]);
        return new ProfileSchema(DataType.ObjectOf([new Field("_bench", attributes), new Field("xEvent", DataType.ArrayOf(happened))]),
            isOpen: false);
    }
}
