using System.Collections;
using DuckDB.NET.Data;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Identity;

namespace Muster.Storage.Profiles;

/// <summary>
/// Works batches into a state: reads their identities, and writes one run with every profile that changed, or with all of them. One use. What
/// it stages in the graph is for the caller to commit or roll back.
/// </summary>
internal sealed class ProfileApply(string folder, IdentityGraph graph, ManifestView current, DuckDbOptions options, bool keepsOwnMemberships, DurableFiles files)
{
    /// <summary>The folder of the store's own files in the sandbox folder.</summary>
    public const string Folder = "profiles";

    // More runs make every scan and look-up slower; a delta that is half the base costs as much to keep as to fold in.
    private const int MaxRuns = 8;

    private readonly List<string> _files = [];

    /// <summary>Writes the files of the next state. Batches that are in already are left out; without any new batch all profiles are made anew.</summary>
    public PreparedApply Run(IReadOnlyList<LakeBatch> batches, long watermark, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        try
        {
            using var workspace = new DuckDbWorkspace(Path.Combine(folder, Folder, "work", Guid.NewGuid().ToString("N")), options);
            using CancellationTokenRegistration interrupt = cancellationToken.Register(() => workspace.Connection.NativeConnection.Interrupt());
            return Run(workspace, batches, watermark, progress, cancellationToken);
        }
        catch (Exception exception)
        {
            foreach (string file in _files) File.Delete(Path.Combine(folder, file));
            // A statement that is interrupted fails; that it was asked to is what the caller wants to know.
            if (exception is DuckDBException && cancellationToken.IsCancellationRequested) throw new OperationCanceledException(cancellationToken);
            throw;
        }
    }

    private PreparedApply Run(DuckDbWorkspace workspace, IReadOnlyList<LakeBatch> batches, long watermark, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        StoreManifest old = current.Manifest;
        HashSet<string> known = [.. old.Batches.Select(b => b.Batch.BatchId)];
        List<LakeBatch> added = [.. batches.Where(b => known.Add(b.BatchId)).OrderBy(b => b.Sequence)];
        var rows = new List<LakeRows>();
        var applied = new List<AppliedBatch>(old.Batches);
        var linkFiles = new List<string>(old.LinkFiles);
        var identities = new RecordIdentities(graph);
        foreach (LakeBatch batch in added)
        {
            identities.ClearLinks();
            var keyFiles = new List<string>();
            foreach (string file in batch.Files)
            {
                int[] keys = ReadIdentities(workspace, file, identities, cancellationToken);
                keyFiles.Add(WriteKeys(workspace, keys));
                rows.Add(new LakeRows(batch, file, keys));
            }
            applied.Add(new AppliedBatch(batch, keyFiles));
            if (identities.Links.Count > 0) linkFiles.Add(WriteLinks(workspace, batch, identities.Links));
        }
        progress?.Report(0.2);
        Dictionary<int, int> retired = graph.RetiredProfiles();
        bool changes = rows.Exists(r => r.Identities.Length > 0);
        if (added.Count > 0 && !changes)
        {
            // Batches of datasets that are no part of profiles: only the watermark moves.
            return new PreparedApply(old with { Watermark = watermark, Batches = InOrder(applied) },
                _files, new Dictionary<long, long>(), []);
        }
        bool full = old.Runs.Count == 0 || added.Count == 0 || IsCompactionDue(old, rows);
        BitArray? touched = full ? null : Touched(rows);
        foreach (AppliedBatch batch in old.Batches)
            for (int i = 0; i < batch.KeyFiles.Count; i++) rows.Add(new LakeRows(batch.Batch, batch.Batch.Files[i], ReadKeys(workspace, batch.KeyFiles[i])));
        rows = [.. rows.OrderBy(r => r.Batch.Sequence)];
        long arrival = 0;
        foreach (LakeRows file in rows)
        {
            file.FirstArrival = arrival;
            arrival += file.Identities.Length;
        }
        cancellationToken.ThrowIfCancellationRequested();

        string identityFile = Name("identities", "bin");
        IdentityFile.Write(Path.Combine(folder, identityFile), graph, files);
        var plan = new MergePlan(rows, graph, touched);
        List<LakeRows> used = LakeRelation.Arrange(full ? rows : rows.Where(r => r.Places.AsSpan().ContainsAnyExcept(-1)));
        LakeFunctions.Register(workspace.Connection, used, plan);
        LakeRelation records = new(folder, used, events: false), events = new(folder, used, events: true);
        DuplicateEvents.Remove(workspace, events, used);
        progress?.Report(0.25);
        cancellationToken.ThrowIfCancellationRequested();

        long[] tombstones = full ? [] : [.. retired.Keys.Where(r => current.Find(r) is not null).Select(r => (long)r).Concat(plan.Ordinals.Where(o => current.Find(o) is not null))];
        (long profiles, long eventCount) = (0, 0);
        string runFile = Name("runs", "duckdb");
        files.Publish(Path.Combine(folder, runFile), temporary =>
            (profiles, eventCount) = new RunWriter(workspace, plan, records, events, keepsOwnMemberships).Write(temporary, graph, tombstones, !full, progress));
        var run = new RunEntry(runFile, profiles, eventCount, tombstones.Length);
        var manifest = new StoreManifest
        {
            Watermark = watermark,
            Batches = InOrder(applied),
            IdentityFiles = [.. old.IdentityFiles, identityFile],
            LinkFiles = linkFiles,
            NextIdentityOrdinal = graph.Identities.Count,
            NextProfileOrdinal = graph.ProfileOrdinals,
            Runs = full ? [run] : [.. old.Runs, run],
            ProfileCount = full ? profiles : old.ProfileCount - tombstones.Length + profiles,
        };
        return new PreparedApply(manifest, _files, retired.ToDictionary(r => (long)r.Key, r => (long)r.Value), plan.Ordinals);
    }

    private static bool IsCompactionDue(StoreManifest manifest, List<LakeRows> added)
    {
        RunEntry first = manifest.Runs[0];
        long rows = manifest.Runs.Skip(1).Sum(r => r.Profiles + r.Events) + added.Sum(a => (long)a.Identities.Length);
        return manifest.Runs.Count >= MaxRuns || rows > (first.Profiles + first.Events) / 2;
    }

    private static AppliedBatch[] InOrder(IEnumerable<AppliedBatch> batches) => [.. batches.OrderBy(b => b.Batch.Sequence)];

    private BitArray Touched(List<LakeRows> added)
    {
        var touched = new BitArray(graph.ProfileOrdinals);
        foreach (LakeRows file in added)
            foreach (int identity in file.Identities)
                if (identity >= 0) touched[graph.ProfileOf(identity)] = true;
        return touched;
    }

    private int[] ReadIdentities(DuckDbWorkspace workspace, string file, RecordIdentities identities, CancellationToken cancellationToken)
    {
        string sql = $"SELECT \"identityMap\" FROM read_parquet({SqlText.Literal(Path.Combine(folder, file))})";
        using var stream = new DuckDbStream(Connect(workspace), sql);
        return [.. identities.Read(stream, cancellationToken)];
    }

    private int[] ReadKeys(DuckDbWorkspace workspace, string file)
    {
        var keys = new List<int>();
        using var stream = new DuckDbStream(Connect(workspace), $"SELECT identity::INTEGER FROM read_parquet({SqlText.Literal(Path.Combine(folder, file))})");
        while (stream.Read())
        {
            var vector = new VectorView(stream.Vector(0));
            for (int row = 0; row < stream.Rows; row++) keys.Add(vector.Value<int>(row));
        }
        return [.. keys];
    }

    private string WriteKeys(DuckDbWorkspace workspace, int[] keys)
    {
        string file = Name("keys", "parquet");
        workspace.Execute("CREATE OR REPLACE TABLE key(identity BIGINT)");
        ChunkAppender.AppendAll(workspace.Connection, "key", Array.ConvertAll(keys, k => (long)k));
        Copy(workspace, "SELECT identity FROM key", file);
        workspace.Execute("DROP TABLE key");
        return file;
    }

    private string WriteLinks(DuckDbWorkspace workspace, LakeBatch batch, IReadOnlyCollection<(int First, int Second)> links)
    {
        string file = Name("links", "parquet");
        workspace.Execute("CREATE OR REPLACE TABLE link(first BIGINT, second BIGINT)");
        (int First, int Second)[] ordered = [.. links.Order()];
        ChunkAppender.AppendAll(workspace.Connection, "link", Array.ConvertAll(ordered, l => (long)l.First), Array.ConvertAll(ordered, l => (long)l.Second));
        Copy(workspace, $"SELECT first, second, {SqlText.Literal(batch.DatasetId)} AS dataset, {SqlText.Literal(batch.BatchId)} AS batch, "
            + $"{batch.IngestedAt}::BIGINT AS established FROM link", file);
        workspace.Execute("DROP TABLE link");
        return file;
    }

    private void Copy(DuckDbWorkspace workspace, string query, string file) => files.Publish(
        Path.Combine(folder, file),
        temporary => workspace.Execute($"COPY ({query}) TO {SqlText.Literal(temporary)} (FORMAT parquet, COMPRESSION zstd)"));

    private string Name(string kind, string extension)
    {
        string name = $"{Folder}/{kind}/{Guid.NewGuid():N}.{extension}";
        _files.Add(name);
        return name;
    }

    private static DuckDBConnection Connect(DuckDbWorkspace workspace)
    {
        DuckDBConnection connection = workspace.Connection.Duplicate();
        connection.Open();
        return connection;
    }
}
