using DuckDB.NET.Data;
using Muster.Benchmarks.Whole;

namespace Muster.Benchmarks.Evaluation;

/// <summary>Chains of three steps over the events of the first mix: each step an event of a type and perhaps a category.</summary>
internal sealed class SequenceWorkload : IStoreWorkload
{
    private readonly Workload _workload;

    public SequenceWorkload(int profiles, int eventsPerProfile, int segments)
    {
        _workload = new Workload(profiles, eventsPerProfile, 0);
        var random = new Random(7);
        Segments = Enumerable.Range(0, segments).Select(_ => Chain([.. Enumerable.Range(0, 3).Select(_ => Step(random))])).ToArray();
    }

    public int Profiles => _workload.Profiles;

    public long Events => _workload.Events;

    public IReadOnlyList<BenchmarkSegment> Segments { get; }

    public void Fill(DuckDBConnection connection) => WorkloadTables.Fill(connection, _workload);

    public (string Profiles, string Events) Write(DuckDBConnection connection, string folder) =>
        WorkloadTables.Write(connection, folder, json: false);

    public long[]? Limit() => null;

    private static (string Pql, string Sql) Step(Random random)
    {
        int type = random.Next(Workload.EventTypes), category = random.Next(20);
        return random.Next(3) == 0
            ? ($"eventType = \"t{type}\"", $"et = 't{type}'")
            : ($"eventType = \"t{type}\" and _bench.category = \"c{category}\"", $"et = 't{type}' and cat = 'c{category}'");
    }

    // The best statement found: the earliest event of a step is as good as any, so each step is one aggregation over the profiles that are
    // left.
    private static BenchmarkSegment Chain((string Pql, string Sql)[] steps) => new(
        $"CHAIN(xEvent, timestamp, [A: WHAT({steps[0].Pql}), B: WHAT({steps[1].Pql}), C: WHAT({steps[2].Pql})])",
        $"""
        with a as (select id, min(ts) t from e where {steps[0].Sql} group by id),
             b as (select e.id, min(ts) t from e join a on a.id = e.id and e.ts > a.t where {steps[1].Sql} group by e.id)
        select count(distinct e.id) from e join b on b.id = e.id and e.ts > b.t where {steps[2].Sql}
        """);
}
