using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Pql.Types;
using Muster.Services.Segmentation.Jobs;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Exports;
using Muster.Storage.Journal;
using Muster.Storage.Lake;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;
using Muster.Storage.Schemas;

namespace Muster.Benchmarks.Whole;

/// <summary>
/// The whole way of a workload through a real store: load into the lake, apply to profiles, evaluate all segments and commit the membership,
/// export one segment; and the same questions asked of DuckDB. One process, one run, JSON out.
/// </summary>
internal sealed partial class WholeBenchmark(BenchmarkOptions options)
{
    private const string SandboxId = "bench";
    private readonly JsonObject _report = [];

    public async Task<JsonObject> RunAsync()
    {
        var workload = new Workload(options.Profiles, options.EventsPerProfile, options.Segments);
        (_report["profiles"], _report["events"], _report["segments"]) = (workload.Profiles, workload.Events, workload.Segments.Length);
        (_report["cores"], _report["runtime"]) = (Environment.ProcessorCount, Environment.Version.ToString());
        string folder = Directory.CreateDirectory(Path.Combine(options.Folder, "bench-" + Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            (string profiles, string events) = WriteInput(folder, workload);
            PeakMemory.Reset();
            SegmentEvaluationResult result = await MeasureStoreAsync(folder, profiles, events, workload).ConfigureAwait(false);
            Compare(workload, result);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return _report;
    }

    /// <summary>The input comes from an instance of its own, gone before anything is measured.</summary>
    private (string Profiles, string Events) WriteInput(string folder, Workload workload)
    {
        using var source = new DuckDBConnection("DataSource=:memory:");
        source.Open();
        WorkloadTables.Fill(source, workload);
        return WorkloadTables.Write(source, Path.Combine(folder, "input"), options.Json);
    }

    private async Task<SegmentEvaluationResult> MeasureStoreAsync(string folder, string profiles, string events, Workload workload)
    {
        var data = new DataFolder(Path.Combine(folder, "data"));
        ControlPlaneDatabase database = await ControlPlaneDatabase.OpenAsync(data.Root, CancellationToken.None).ConfigureAwait(false);
        var journal = new SandboxJournal(database, TimeProvider.System);
        await using var stores = new SandboxStores(database, data, journal, DuckDbOptions.Default);
        SandboxStore store = await stores.GetAsync(SandboxId).ConfigureAwait(false);
        LoadResult people = await LoadAsync(data, "profiles", profiles, DatasetBehavior.Record).ConfigureAwait(false);
        LoadResult happened = await LoadAsync(data, "events", events, DatasetBehavior.TimeSeries).ConfigureAwait(false);
        await ApplyAsync(data, store, "profiles", DatasetBehavior.Record, people).ConfigureAwait(false);
        await ApplyAsync(data, store, "events", DatasetBehavior.TimeSeries, happened).ConfigureAwait(false);

        _report["peakMegabytesOfIngestion"] = PeakMemory.Megabytes;
        // What is filled in the background would be measured with the jobs.
        await store.Lookups.WhenFilledAsync().ConfigureAwait(false);
        PeakMemory.Reset();
        ProfileSchema schema = ProfileSchemas.Union([(DatasetBehavior.Record, people.Schema), (DatasetBehavior.TimeSeries, happened.Schema)], isOpen: true);
        JobSegment[] segments = workload.Segments.Select((s, i) => new JobSegment("segment-" + i, 1, "PQL", "pql/text", s.ToPql(), "policy", 1)).ToArray();
        var whole = new List<double>();
        SegmentEvaluationResult? result = null;
        for (int round = 0; round < options.Rounds; round++)
        {
            result = await JobAsync(database, store, schema, segments, round).ConfigureAwait(false);
            whole.Add(_report["job" + round]!["seconds"]!.GetValue<double>());
        }

        _report["jobMedianSeconds"] = Median(whole);
        _report["peakMegabytesOfJobs"] = PeakMemory.Megabytes;
        await ExportAsync(data, store).ConfigureAwait(false);
        if (!options.Json) await ChangeAsync(data, store, profiles, events).ConfigureAwait(false);
        return result!;
    }

    private async Task<LoadResult> LoadAsync(DataFolder data, string name, string file, DatasetBehavior behavior)
    {
        var watch = Stopwatch.StartNew();
        InputFormat format = options.Json ? InputFormat.JsonLines : InputFormat.Parquet;
        LoadResult result = await new RecordLoader(DuckDbOptions.Default).LoadAsync(
            new LoadRequest([new InputFile(name, file)], format, behavior, null, RequireEventFields: true, AllowMissingIdentity: false, 0, data.Lake(SandboxId, name, name), data.NewSpill(SandboxId)),
            null, CancellationToken.None).ConfigureAwait(false);
        if (!result.Succeeded) throw new InvalidOperationException(string.Join("; ", result.Errors.Select(e => e.Description)));
        Note("load." + name, watch, result.OutputRecords);
        return result;
    }

    private async Task ApplyAsync(DataFolder data, SandboxStore store, string name, DatasetBehavior behavior, LoadResult loaded)
    {
        var watch = Stopwatch.StartNew();
        await ApplyAsync(store, Batch(data, store, name, name, behavior, loaded)).ConfigureAwait(false);
        Note("apply." + name, watch, loaded.OutputRecords);
    }

    private static async Task ApplyAsync(SandboxStore store, params LakeBatch[] batches)
    {
        LakeBatch[] numbered = [.. batches.Select((b, i) => b with { Sequence = b.Sequence + i })];
        PreparedApply prepared = await store.PrepareAsync(new StoreChange { Added = numbered }, null, CancellationToken.None).ConfigureAwait(false);
        await store.CommitAsync(prepared, JournalKinds.BatchCommitted, new { batches = batches.Length }, (_, _) => Task.FromResult(true), CancellationToken.None)
            .ConfigureAwait(false);
    }

    private static LakeBatch Batch(DataFolder data, SandboxStore store, string dataset, string name, DatasetBehavior behavior, LoadResult loaded) => new(
        dataset, name, store.NextBatchSequence, Workload.AsOf.ToUnixTimeMilliseconds(), behavior, loaded.Schema,
        [.. loaded.Files.Select(f => data.Relative(SandboxId, f.Path))]);

    private async Task<SegmentEvaluationResult> JobAsync(ControlPlaneDatabase database, SandboxStore store, ProfileSchema schema, JobSegment[] segments, int round)
    {
        var watch = Stopwatch.StartNew();
        await using SandboxSnapshot snapshot = store.TakeSnapshot();
        CompiledSegments compiled = CompiledSegments.Compile(segments, schema);
        SegmentEvaluation evaluation = SegmentEvaluation.Create(compiled.Queries, schema);
        double planned = watch.Elapsed.TotalSeconds;
        long asOf = Workload.AsOf.ToUnixTimeMilliseconds();
        await using IBlockSource source = snapshot.OpenBlocks(MergeMethod.Default);
        var progress = new JobProgress(database, "bench");
        SegmentEvaluationResult result = await evaluation.RunAsync(
            source, asOf, NoSegmentMembers.Instance, async done => await progress.ReportAsync(done).ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false);
        double evaluated = watch.Elapsed.TotalSeconds;
        string path = store.NewMembershipPath();
        new MembershipUpdate { Space = "pdg", Time = asOf + round, Evaluated = result.Members, Previous = snapshot.Space(GraphType.Pdg).File }.Write(path);
        await store.CommitMembershipAsync(snapshot.Manifest, new Dictionary<GraphType, string> { [GraphType.Pdg] = path }, new { round }, (_, _) => Task.FromResult(true), CancellationToken.None).ConfigureAwait(false);
        double seconds = watch.Elapsed.TotalSeconds;
        _report["job" + round] = new JsonObject
        {
            ["seconds"] = Rounded(seconds),
            ["planSeconds"] = Rounded(planned),
            ["scanAndEvaluateSeconds"] = Rounded(evaluated - planned),
            ["commitSeconds"] = Rounded(seconds - evaluated),
            ["scanAloneSeconds"] = Rounded(await ScanAsync(source, evaluation.Request, asOf).ConfigureAwait(false)),
            ["memberships"] = result.Members.Values.Sum(m => m.LongCount),
        };
        if (compiled.Errors.Count > 0) throw new InvalidOperationException(compiled.Errors[0].Msg);
        if (result.Errors.Count > 0) throw new InvalidOperationException(result.Errors[0].Msg);
        return result;
    }

    private static async Task<double> ScanAsync(IBlockSource source, ColumnRequest request, long asOf)
    {
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, source.BlockCount, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            async (i, token) => await source.ReadAsync(i, request, asOf, token).ConfigureAwait(false)).ConfigureAwait(false);
        return watch.Elapsed.TotalSeconds;
    }

    private void Compare(Workload workload, SegmentEvaluationResult result)
    {
        int asked = Math.Min(options.Asked, workload.Segments.Length);
        if (asked == 0) return;
        using var peer = new DuckDBConnection("DataSource=:memory:");
        peer.Open();
        WorkloadTables.Fill(peer, workload);
        double jobSeconds = _report["jobMedianSeconds"]!.GetValue<double>();
        (long[] counts, double seconds) = WorkloadTables.Ask(peer, workload, asked);
        int differing = counts.Where((count, i) => count != result.Members["segment-" + i].LongCount).Count();
        double extrapolated = seconds / asked * workload.Segments.Length;
        _report["duckDb"] = new JsonObject
        {
            ["asked"] = asked,
            ["secondsEach"] = Rounded(seconds / asked),
            ["extrapolatedSeconds"] = Rounded(extrapolated),
            ["differingCounts"] = differing,
            ["timesFaster"] = Rounded(extrapolated / jobSeconds),
            ["timesFasterFirstJob"] = Rounded(extrapolated / _report["job0"]!["seconds"]!.GetValue<double>()),
        };
    }

    private async Task ExportAsync(DataFolder data, SandboxStore store)
    {
        var watch = Stopwatch.StartNew();
        await using SandboxSnapshot snapshot = store.TakeSnapshot();
        MembershipFile membership = snapshot.Space(GraphType.Pdg).File!;
        string largest = membership.Segments.MaxBy(s => s.Count(MembershipStatus.Member))!.Id;
        var selection = new ProfileSelection(membership.Members(largest), [], null, RecordsOnly: true, OrdinalSet.Empty);
        ExportResult result = await new ProfileExporter(snapshot, MergeMethod.Default, data.Sandbox(SandboxId), data.NewSpill(SandboxId), DuckDbOptions.Default, data.Files,
            snapshot.Profiles.CopyComponents())
            .WriteAsync(selection, new ExportColumns(["_bench", "identityMap"], null, null, null), data.Lake(SandboxId, "export", "export"), CancellationToken.None).ConfigureAwait(false);
        Note("export", watch, result.Files.Sum(f => f.Rows));
    }

    private void Note(string name, Stopwatch watch, long records)
    {
        double seconds = watch.Elapsed.TotalSeconds;
        _report[name] = new JsonObject { ["seconds"] = Rounded(seconds), ["records"] = records, ["recordsPerSecond"] = (long)(records / seconds) };
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Rounded(double value) => double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
