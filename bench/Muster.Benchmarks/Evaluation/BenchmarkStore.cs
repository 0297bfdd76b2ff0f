using System.Diagnostics;
using Muster.Benchmarks.Whole;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Pql.Types;
using Muster.Services.Segmentation.Jobs;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Journal;
using Muster.Storage.Lake;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;
using Muster.Storage.Schemas;

namespace Muster.Benchmarks.Evaluation;

/// <summary>A real store with one workload in it.</summary>
internal sealed class BenchmarkStore : IAsyncDisposable
{
    private const string SandboxId = "bench";

    private readonly SandboxStores _stores;
    private readonly SandboxStore _store;
    private readonly ProfileSchema _schema;

    private BenchmarkStore(SandboxStores stores, SandboxStore store, ProfileSchema schema) =>
        (_stores, _store, _schema) = (stores, store, schema);

    public static long AsOf { get; } = Workload.AsOf.ToUnixTimeMilliseconds();

    public static async Task<BenchmarkStore> OpenAsync(string folder, string profiles, string events)
    {
        var data = new DataFolder(Path.Combine(folder, "data"));
        ControlPlaneDatabase database = await ControlPlaneDatabase.OpenAsync(data.Root, CancellationToken.None);
        var stores = new SandboxStores(database, data, new SandboxJournal(database, TimeProvider.System), DuckDbOptions.Default);
        SandboxStore store = await stores.GetAsync(SandboxId);
        LoadResult people = await LoadAsync(data, "profiles", profiles, DatasetBehavior.Record),
            happened = await LoadAsync(data, "events", events, DatasetBehavior.TimeSeries);
        (string, DatasetBehavior, LoadResult)[] loads =
        [
            ("profiles", DatasetBehavior.Record, people),
            ("events", DatasetBehavior.TimeSeries, happened),
        ];
        foreach ((string name, DatasetBehavior behavior, LoadResult loaded) in loads)
        {
            var batch = new LakeBatch(name, name, store.NextBatchSequence, AsOf, behavior, loaded.Schema,
                [.. loaded.Files.Select(f => data.Relative(SandboxId, f.Path))]);
            PreparedApply prepared = await store.PrepareAsync(new StoreChange { Added = [batch] }, null, CancellationToken.None);
            await store.CommitAsync(prepared, JournalKinds.BatchCommitted, new { batches = 1 }, (_, _) => Task.FromResult(true),
                CancellationToken.None);
        }
        await store.Lookups.WhenFilledAsync();
        return new BenchmarkStore(stores, store,
            ProfileSchemas.Union([(DatasetBehavior.Record, people.Schema), (DatasetBehavior.TimeSeries, happened.Schema)], isOpen: true));
    }

    /// <summary>Compiles, plans, scans and evaluates, as a job does, and commits the membership if wanted.</summary>
    public async Task<BenchmarkJob> JobAsync(IReadOnlyList<BenchmarkSegment> segments, bool commits, int? cores = null)
    {
        var watch = Stopwatch.StartNew();
        await using SandboxSnapshot snapshot = _store.TakeSnapshot();
        JobSegment[] asked = segments.Select((segment, i) => new JobSegment("segment-" + i, 1, "PQL", "pql/text", segment.Pql, "policy", 1))
            .ToArray();
        CompiledSegments compiled = CompiledSegments.Compile(asked, _schema);
        if (compiled.Errors.Count > 0) throw new InvalidOperationException(compiled.Errors[0].Msg);
        SegmentEvaluation evaluation = SegmentEvaluation.Create(compiled.Queries, _schema, AsOf);
        double planned = watch.Elapsed.TotalSeconds;
        await using IBlockSource source = snapshot.OpenBlocks(MergeMethod.Default);
        SegmentEvaluationResult result = await evaluation.RunAsync(source, AsOf, NoSegmentMembers.Instance, _ => Task.CompletedTask,
            CancellationToken.None, cores: cores);
        if (result.Errors.Count > 0) throw new InvalidOperationException(result.Errors[0].Msg);
        double evaluated = watch.Elapsed.TotalSeconds;
        if (commits)
        {
            string path = _store.NewMembershipPath();
            MembershipFile? previous = snapshot.Space(GraphType.Pdg).File;
            long time = (previous?.Time ?? AsOf) + 1;
            new MembershipUpdate { Space = "pdg", Time = time, Evaluated = result.Members, Previous = previous }.Write(path);
            await _store.CommitMembershipAsync(
                snapshot.Manifest, new Dictionary<GraphType, string> { [GraphType.Pdg] = path }, new { benchmark = true },
                    (_, _) => Task.FromResult(true), CancellationToken.None);
        }
        long[] counts = segments.Select((_, i) => result.Members["segment-" + i].LongCount).ToArray();
        return new BenchmarkJob(watch.Elapsed.TotalSeconds, planned, evaluated - planned, counts, evaluation.Request, result.Costs);
    }

    /// <summary>Reads columns on all cores and adds up their values: what the data costs by itself.</summary>
    public async Task<double> AddUpAsync(ColumnRequest request)
    {
        var watch = Stopwatch.StartNew();
        await using SandboxSnapshot snapshot = _store.TakeSnapshot();
        await using IBlockSource source = snapshot.OpenBlocks(MergeMethod.Default);
        long total = 0;
        await Parallel.ForAsync(0, source.BlockCount, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            async (i, token) =>
            Interlocked.Add(ref total, SumOf((await source.ReadAsync(i, request, AsOf, token)).Profiles)));
        GC.KeepAlive(total);
        return watch.Elapsed.TotalSeconds;
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private static long SumOf(Level level)
    {
        long total = 0;
        foreach ((_, Column column) in level.Columns)
        {
            switch (column)
            {
                case CodedColumn coded:
                    foreach (int code in coded.Codes.AsSpan(0, level.Count)) total += code;
                    break;
                case Int64Column whole:
                    foreach (long value in whole.Values.AsSpan(0, level.Count)) total += value;
                    break;
                case DoubleColumn number:
                    double sum = 0;
                    foreach (double value in number.Values.AsSpan(0, level.Count)) sum += value;
                    total += (long)sum;
                    break;
            }
        }
        foreach ((_, Level child) in level.Children) total += SumOf(child);
        return total;
    }

    private static async Task<LoadResult> LoadAsync(DataFolder data, string name, string file, DatasetBehavior behavior)
    {
        LoadResult result = await new RecordLoader(DuckDbOptions.Default).LoadAsync(
            new LoadRequest([new InputFile(file, file)], InputFormat.Parquet, behavior, Schema: null, RequireEventFields: true,
                AllowMissingIdentity: false, MaximumFailedShare: 0,
                data.Lake(SandboxId, name, name), data.NewSpill(SandboxId)), null, CancellationToken.None);
        return result.Succeeded ? result : throw new InvalidOperationException(string.Join("; ", result.Errors.Select(e => e.Description)));
    }
}

/// <summary>What a job took and found.</summary>
internal sealed record BenchmarkJob(double Seconds, double PlanSeconds, double EvaluateSeconds, long[] Counts, ColumnRequest Request,
    CostReport Costs);
