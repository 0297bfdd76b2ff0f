using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Identity;
using Muster.Storage.Lake;

namespace Muster.Storage.Profiles;

/// <summary>
/// Works a change into a state: reads identities of what comes, resolves who is who, and writes for each view a run with every profile that
/// changed, or with all of them. One use. What it stages in the graph is for the caller to commit or roll back.
/// </summary>
internal sealed class ProfileApply(
    string folder, IdentityGraph graph, OpenManifest current, DuckDbOptions options, bool keepsOwnMemberships, DurableFiles files)
{
    /// <summary>The folder of the store's own files in the sandbox folder.</summary>
    public const string Folder = "profiles";

    // A longer chain is written anew as one file: it is read as a whole when the store is opened.
    private const int MaxIdentityFiles = 64;

    private readonly List<string> _files = [];

    /// <summary>Writes the files of the next state.</summary>
    public PreparedApply Run(StoreChange change, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        try
        {
            using var workspace = NewWorkspace();
            using CancellationTokenRegistration interrupt = cancellationToken.Register(() => workspace.Connection.NativeConnection.Interrupt());
            return Run(workspace, change, progress, cancellationToken);
        }
        catch (Exception exception)
        {
            foreach (string file in _files) File.Delete(Path.Combine(folder, file));
            // A statement that is interrupted fails; that it was asked to is what the caller wants to know.
            if (exception is DuckDBException && cancellationToken.IsCancellationRequested) throw new OperationCanceledException(cancellationToken);
            throw;
        }
    }

    private PreparedApply Run(DuckDbWorkspace workspace, StoreChange change, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        StoreManifest old = current.Manifest;
        LinkingRules rules = change.Rules ?? old.Rules;
        // Who is whom must follow from what the lake has and from the rules: rules that say something else of known namespaces count for all of it.
        if (!NamespaceRules.AreSame(old.Rules, rules, graph.Namespaces)) change = change with { Rebuilds = true };
        // Made anew, all batches come as if for the first time; only the identities keep their ordinals.
        IReadOnlyList<AppliedBatch> stored = change.Rebuilds ? [] : old.Batches;
        IReadOnlyList<LinkEntry> storedLinks = change.Rebuilds ? [] : old.LinkFiles;
        IEnumerable<LakeBatch> coming = change.Added;
        HashSet<string> leaving = [.. change.RemovedBatches, .. change.WithdrawnBatches];
        if (change.Rebuilds) coming = old.Batches.Select(b => b.Batch).Where(b => !leaving.Contains(b.BatchId)).Concat(coming);
        HashSet<string> known = [.. stored.Select(b => b.Batch.BatchId)];
        var batches = new BatchKeys(workspace, folder, stored, leaving);
        var identities = new RecordIdentities(graph, rules);
        List<LinkEntry> links = [.. storedLinks.Where(l => !leaving.Contains(l.BatchId))];
        AppliedBatch[] withdrawn = [.. old.Batches.Where(b => change.WithdrawnBatches.Contains(b.Batch.BatchId))];
        foreach (AppliedBatch applied in withdrawn) batches.Add(applied.Batch with { Files = [] }, []);
        foreach (LakeBatch batch in coming.Where(b => known.Add(b.BatchId)).OrderBy(b => b.Sequence))
        {
            identities.ClearLinks();
            batches.Add(batch, [.. batch.Files.Select(f => ReadIdentities(workspace, batch, f, identities, cancellationToken))]);
            AddLinks(workspace, batch, identities, links);
        }
        IReadOnlyList<ReplacedFile> replaced = [];
        HashSet<string> unlinked = [.. leaving];
        if (change.Erased.Count > 0)
        {
            graph.Erase(change.Erased);
            var erasure = new LakeErasure(workspace, folder, graph, change.Erased, files);
            replaced = erasure.RewriteRecords(batches);
            _files.AddRange(replaced.Where(r => r.New is not null).Select(r => r.New!.Path));
            links.RemoveAll(l => erasure.Scrubbed.Contains(l.BatchId));
            links = erasure.RewriteLinks(links, () => Name("links", "parquet"));
            foreach (KeyedBatch batch in batches.Batches.Where(b => erasure.Scrubbed.Contains(b.Batch.BatchId)))
            {
                identities.ClearLinks();
                foreach (KeyedFile file in batch.Files) _ = ReadIdentities(workspace, batch.Batch, file.LakeFile, identities, cancellationToken);
                AddLinks(workspace, batch.Batch, identities, links);
            }
            unlinked.UnionWith(erasure.Scrubbed);
            files.Reach(StoreStep.Erasing);
        }
        progress?.Report(0.2);
        string[] removed = [.. storedLinks.Where(l => unlinked.Contains(l.BatchId)).Select(l => Absolute(l.File))];
        string[] remaining = [.. links.Select(l => Absolute(l.File))];
        if (change.Rebuilds) graph.Relink(LinkFile.All(workspace, remaining));
        else LinkFile.Unlink(workspace, graph, removed, remaining);
        GraphChange graphChange = graph.Seal(rules, new LinkFiles(workspace, remaining));
        cancellationToken.ThrowIfCancellationRequested();

        batches.MarkDuplicates(change.Erased.Count > 0);
        progress?.Report(0.25);

        // Neither needs the other: keys and identities are written while the runs are made.
        Task<(IReadOnlyList<AppliedBatch> Batches, IReadOnlyList<string> Identities)> saving = Task.Run(() => Save(batches, old, change), CancellationToken.None);
        try
        {
            (IReadOnlyList<ProfileView> views, IReadOnlyList<long> changed) = MakeViews(change, batches, graphChange, progress, cancellationToken);
            (IReadOnlyList<AppliedBatch> applied, IReadOnlyList<string> identityFiles) = saving.GetAwaiter().GetResult();
            StoreManifest manifest = old with
            {
                Version = StoreManifest.CurrentVersion,
                LastSequence = Math.Max(old.LastSequence, change.Added.Select(b => b.Sequence).DefaultIfEmpty(0).Max()),
                Batches = [.. applied.OrderBy(b => b.Batch.Sequence)],
                IdentityFiles = identityFiles,
                LinkFiles = links,
                Rules = rules,
                NextIdentityOrdinal = graph.Identities.Count,
                NextProfileOrdinal = graph.ProfileOrdinals,
                Views = views,
            };
            return new PreparedApply(manifest, _files, ToRemap(graphChange), replaced, changed)
            {
                Basis = old,
                Erased = change.Erased,
                KeptLakeFiles = withdrawn.SelectMany(b => b.Batch.Files).ToHashSet(StringComparer.Ordinal),
            };
        }
        finally
        {
            // Whatever was thrown: files are deleted when nobody writes them any more.
            ((IAsyncResult)saving).AsyncWaitHandle.WaitOne();
        }
    }

    private (IReadOnlyList<AppliedBatch> Batches, IReadOnlyList<string> Identities) Save(BatchKeys batches, StoreManifest old, StoreChange change)
    {
        using DuckDbWorkspace workspace = NewWorkspace();
        return (batches.Save(workspace, () => Name("keys", "parquet"), files), WriteIdentities(old, change));
    }

    private (IReadOnlyList<ProfileView> Views, IReadOnlyList<long> Changed) MakeViews(
        StoreChange change, BatchKeys batches, GraphChange graphChange, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        StoreManifest old = current.Manifest;
        var touched = new TouchedProfiles(graph, graphChange, batches.Touched(graph.Identities.Count), change.Erased);
        var views = new List<ProfileView>();
        IReadOnlyList<long> changed = [];
        MergeMethod[] methods = [.. old.Views.Select(v => v.Method).Concat(change.AddedViews).Distinct().Except(change.DroppedViews)];
        foreach (MergeMethod method in methods)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var own = NewWorkspace();
            using CancellationTokenRegistration interrupt = cancellationToken.Register(() => own.Connection.NativeConnection.Interrupt());
            var builder = new ViewBuilder(own, folder, method, new ProfileSpace(method.Graph, graph), keepsOwnMemberships, files);
            bool rewrites = change.Rebuilds || change.Erased.Count > 0;
            ViewResult result = builder.Build(rewrites ? null : current.View(method), batches, touched, () => Name("runs", "duckdb"), progress);
            views.Add(result.View);
            if (method.Equals(MergeMethod.Default)) changed = result.Changed;
        }
        return (views, changed);
    }

    private static ProfileRemap ToRemap(GraphChange change) => new(
        change.Retired.ToDictionary(r => (long)r.Key, r => (long)r.Value),
        change.Sources.ToDictionary(s => (long)s.Key, s => Array.ConvertAll(s.Value, o => (long)o)),
        [.. change.Ended.Select(e => (long)e)]);

    private void AddLinks(DuckDbWorkspace workspace, LakeBatch batch, RecordIdentities identities, List<LinkEntry> links)
    {
        if (identities.Links.Count == 0) return;
        links.Add(new LinkEntry(batch.BatchId, Name("links", "parquet")));
        LinkFile.Write(workspace, Absolute(links[^1].File), identities.Links, batch.DatasetId, batch.BatchId, batch.IngestedAt, files);
    }

    private KeyedFile ReadIdentities(DuckDbWorkspace workspace, LakeBatch batch, string file, RecordIdentities identities, CancellationToken cancellationToken)
    {
        bool events = batch.Behavior == DatasetBehavior.TimeSeries;
        string source = $"FROM read_parquet({SqlText.Literal(Path.Combine(folder, file))})";
        bool timed = events && batch.Schema.TryGetField("timestamp", out DataType? time) && time.Kind == TypeKind.Timestamp;
        bool hashed = events && batch.Schema.TryGetField("_id", out _);
        // Beside each other: one is work of this process, the other of DuckDB.
        DuckDbStream? ids = hashed ? workspace.Stream($"SELECT {EventDeduplication.Hash} {source}") : null;
        Task<ulong[]> hashing = Task.Run(() => ReadHashes(ids), CancellationToken.None);
        RecordKeys keys;
        try
        {
            using DuckDbStream stream = workspace.Stream($"SELECT \"identityMap\"{(timed ? ", epoch_ms(\"timestamp\")" : events ? ", NULL::BIGINT" : "")} {source}");
            keys = identities.Read(stream, batch.IngestedAt, cancellationToken);
        }
        finally
        {
            ((IAsyncResult)hashing).AsyncWaitHandle.WaitOne();
        }
        ulong[] hashes = hashing.GetAwaiter().GetResult();
        if (!events) return new KeyedFile(file) { Keys = keys.Identities, Events = [], Marks = [], Fresh = keys.Identities };
        return new KeyedFile(file) { Keys = keys.Identities, Events = hashed ? hashes : new ulong[keys.Identities.Length], Marks = keys.Marks };
    }

    private static ulong[] ReadHashes(DuckDbStream? stream)
    {
        if (stream is null) return [];
        using DuckDbStream own = stream;
        var hashes = new List<ulong>();
        while (own.Read()) hashes.AddRange(new VectorView(own.Vector(0)).Values<ulong>(own.Rows));
        return [.. hashes];
    }

    private IReadOnlyList<string> WriteIdentities(StoreManifest old, StoreChange change)
    {
        bool touchesPeople = change.Added.Count > 0 || change.RemovedBatches.Count > 0 || change.WithdrawnBatches.Count > 0 || change.Erased.Count > 0 || change.Rebuilds;
        if (!touchesPeople) return old.IdentityFiles;
        string file = Name("identities", "bin");
        if (change.Erased.Count > 0 || old.IdentityFiles.Count >= MaxIdentityFiles)
        {
            IdentityFile.WriteSnapshot(Path.Combine(folder, file), graph, files);
            return [file];
        }
        IdentityFile.Write(Path.Combine(folder, file), graph, files);
        return [.. old.IdentityFiles, file];
    }

    private string Absolute(string file) => Path.Combine(folder, file);

    private DuckDbWorkspace NewWorkspace() => new(Path.Combine(folder, Folder, "work", Guid.NewGuid().ToString("N")), options);

    private string Name(string kind, string extension)
    {
        string name = $"{Folder}/{kind}/{Guid.NewGuid():N}.{extension}";
        lock (_files) _files.Add(name);
        return name;
    }
}
