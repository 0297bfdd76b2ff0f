using DuckDB.NET.Data;
using Muster.Benchmarks.Whole;

namespace Muster.Benchmarks.Evaluation;

/// <summary>The first mix: equalities, thresholds and counts of events, with many repetitions.</summary>
internal sealed class MixWorkload(Workload workload) : IStoreWorkload
{
    public int Profiles => workload.Profiles;

    public long Events => workload.Events;

    public IReadOnlyList<BenchmarkSegment> Segments { get; } =
        workload.Segments.Select(segment => new BenchmarkSegment(segment.ToPql(), WorkloadTables.Sql(segment))).ToArray();

    public void Fill(DuckDBConnection connection) => WorkloadTables.Fill(connection, workload);

    public (string Profiles, string Events) Write(DuckDBConnection connection, string folder) =>
        WorkloadTables.Write(connection, folder, json: false);

    public long[] Limit() => MixLimit.Count(workload);
}
