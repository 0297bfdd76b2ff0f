using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Muster.Services.Ingestion;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Exports;
using Muster.Storage.Journal;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Entities;

/// <summary>
/// Forgets people: records and events in the lake, rows of exports, profiles, links and memberships go in one commit, and with it the names in the
/// requests; what arrived and is in no lake file is rewritten before it. Interrupted at any point it starts again, and the next start removes the files
/// that nothing names. Requests that wait behind each other without a batch between them are carried out together.
/// </summary>
public sealed class ErasureRunner(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, SandboxStores stores, DuckDbOptions options, TimeProvider time,
    ILogger<ErasureRunner> logger)
{
    /// <summary>
    /// Carries out a request that is new (or was interrupted); any other is left alone. While the disk is full or the like it waits, and
    /// with it what
    /// comes behind it.
    /// </summary>
    public async Task RunAsync(string sandboxId, string requestId, CancellationToken cancellationToken)
    {
        while (!await TryRunAsync(sandboxId, requestId, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await Task.Delay(BatchProcessor.RetryInterval, time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <returns>False if the same may succeed later.</returns>
    private async Task<bool> TryRunAsync(string sandboxId, string requestId, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<ErasureRequest> requests = await StartAsync(sandboxId, requestId, cancellationToken).ConfigureAwait(false);
            if (requests.Count == 0) return true;
            while (!await TryForgetAsync(sandboxId, requests, cancellationToken).ConfigureAwait(false))
            {
                // An export became visible meanwhile that was not looked at.
            }
        }
#pragma warning disable CA1031 // The lane must go on whatever breaks; the reason goes to the log.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The process is stopping: the row still says processing, and the next start takes it up.
        }
        catch (Exception exception) when (exception is StoreUnusableException || StorageFault.IsOfTheMachine(exception))
        {
            logger.LogError(exception, "Deletion {Request} waits: {Reason}", requestId, exception.Message);
            return false;
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Deletion {Request} failed; the next start tries it again", requestId);
            await PutBackAsync(sandboxId).ConfigureAwait(false);
        }
#pragma warning restore CA1031
        return true;
    }

    /// <returns>False if files became visible meanwhile that may hold the people; nothing is committed then.</returns>
    private async Task<bool> TryForgetAsync(string sandboxId, IReadOnlyList<ErasureRequest> requests, CancellationToken cancellationToken)
    {
        SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
        Dictionary<string, IReadOnlyList<int>> people = [];
        HashSet<(string Namespace, string Id)> names = [];
        PreparedApply prepared = await store.PrepareAsync(
            profiles =>
            {
                people.Clear();
                names.Clear();
                foreach (ErasureRequest request in requests)
                {
                    long? person = profiles.FindProfile(GraphType.Pdg, request.Namespace, request.Identity);
                    people[request.Id] = person is { } found ? profiles.MembersOf(found) : [];
                    // What never fed a profile may know an identity that the graph does not.
                    names.UnionWith(person is { } known ? profiles.IdentitiesOf(GraphType.Pdg, known) : [(request.Namespace, request.Identity)]);
                }

                return new StoreChange { Erased = people.Values.SelectMany(p => p).ToHashSet() };
            },
            null, cancellationToken).ConfigureAwait(false);
        var others = new List<ReplacedFile>();
        HashSet<string> looked = [.. prepared.Basis.LakeFiles];
        bool isHandedOver = false, isCommitted = false, isOutdated = false;
        try
        {
            await RewriteArrivalsAsync(sandboxId, names, cancellationToken).ConfigureAwait(false);
            await RewriteOthersAsync(sandboxId, names, looked, others, cancellationToken).ConfigureAwait(false);
            ReplacedFile[] replaced = [.. prepared.Replaced, .. others];
            var files = replaced.Select(r => new { r.BatchId, r.Old, New = r.New?.Path });
            var payload = new { requests = requests.Select(r => r.Id), identities = prepared.Erased.Count, replaced = files };
            isHandedOver = true;
            isCommitted = await store.CommitAsync(prepared, JournalKinds.PeopleErased, payload, async (context, _) =>
            {
                isOutdated = (await VisibleFilesAsync(context, sandboxId, cancellationToken).ConfigureAwait(false)).Any(f => !looked.Contains(f.Path));
                if (isOutdated) return false;
                foreach ((string id, IReadOnlyList<int> members) in people)
                {
                    ErasureRequest row = await context.ErasureRequests.SingleAsync(r => r.Id == id, cancellationToken).ConfigureAwait(false);
                    row.Status = JobStatus.Succeeded;
                    row.Forgotten = members.Count;
                    (row.Namespace, row.Identity) = ("", "");
                    row.UpdatedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
                }

                await RenameFilesAsync(context, replaced, cancellationToken).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
            return !isOutdated;
        }
        finally
        {
            if (!isHandedOver) store.Discard(prepared);
            // Of each of the files that the store does not know, one of the two is named by nothing now.
            IEnumerable<string> gone = isCommitted ? others.Select(r => r.Old) : others.Select(r => r.New?.Path).OfType<string>();
            foreach (string file in gone) File.Delete(folder.Absolute(sandboxId, file));
        }
    }

    // Exports, and datasets that feed no profiles.
    private async Task RewriteOthersAsync(
        string sandboxId, IReadOnlyCollection<(string Namespace, string Id)> people, HashSet<string> looked, List<ReplacedFile> replaced,
        CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        List<(string BatchId, string Path)> visible = await VisibleFilesAsync(context, sandboxId, cancellationToken).ConfigureAwait(false);
        using var workspace = new DuckDbWorkspace(folder.NewSpill(sandboxId), options);
        var erasure = new FileErasure(folder.Sandbox(sandboxId), people, folder.Files);
        foreach ((string batchId, string path) in visible)
        {
            if (!looked.Add(path)) continue;
            cancellationToken.ThrowIfCancellationRequested();
            if (erasure.Rewrite(workspace, batchId, path) is { } written) replaced.Add(written);
        }
    }

    private static async Task<List<(string BatchId, string Path)>> VisibleFilesAsync(
        ControlPlaneContext context, string sandboxId, CancellationToken cancellationToken)
    {
        var batches = await context.Batches.AsNoTracking().Where(b => b.SandboxId == sandboxId && b.Status == BatchStatus.Success)
            .Select(b => new { b.Id, b.Files }).ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. batches.SelectMany(b => JsonSerializer.Deserialize<BatchFile[]>(b.Files)!.Select(f => (b.Id, f.Path)))];
    }

    // Failed records, and what was sent to batches that are open. No commit is needed: what is left of a file says the same of all others.
    private async Task RewriteArrivalsAsync(
        string sandboxId, IReadOnlyCollection<(string Namespace, string Id)> people, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        var erasure = new ArrivalErasure(people, folder.Files);
        foreach (string failed in await context.Batches.Where(b => b.SandboxId == sandboxId && b.FailedRecordsPath != null)
            .Select(b => b.FailedRecordsPath!).ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            erasure.RewriteFailed(folder.Absolute(sandboxId, failed));
        }

        using var workspace = new DuckDbWorkspace(folder.NewSpill(sandboxId), options);
        foreach (Batch batch in await context.Batches.AsNoTracking().Where(b => b.SandboxId == sandboxId && b.Status == BatchStatus.Loading)
            .ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (Upload upload in await context.Uploads.AsNoTracking().Where(u => u.BatchId == batch.Id && !u.IsOpen)
                .ToListAsync(cancellationToken).ConfigureAwait(false))
                await RewriteUploadAsync(context, workspace, erasure, batch, upload, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RewriteUploadAsync(
        ControlPlaneContext context, DuckDbWorkspace workspace, ArrivalErasure erasure, Batch batch, Upload upload, CancellationToken cancellationToken)
    {
        string staging = folder.Staging(batch.SandboxId, batch.Id), name = Guid.NewGuid().ToString("N");
        string source = Path.Combine(staging, upload.StoredAs), target = Path.Combine(staging, name);
        try
        {
            if (!erasure.RewriteUpload(workspace, source, target, BatchProcessor.FormatOf(batch))) return;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // The client took it back, or gave the batch up.
            return;
        }

        long bytes = new FileInfo(target).Length;
        int changed = await context.Uploads.Where(u => u.BatchId == upload.BatchId && u.Path == upload.Path && u.StoredAs == upload.StoredAs)
            .ExecuteUpdateAsync(u => u.SetProperty(p => p.StoredAs, name).SetProperty(p => p.Bytes, bytes), cancellationToken).ConfigureAwait(false);
        File.Delete(changed > 0 ? source : target);
    }

    // The batches name their files too: clients download them.
    private static async Task RenameFilesAsync(
        ControlPlaneContext context, IReadOnlyList<ReplacedFile> replaced, CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, ReplacedFile> group in replaced.GroupBy(r => r.BatchId))
        {
            Batch batch = await context.Batches.SingleAsync(b => b.Id == group.Key, cancellationToken).ConfigureAwait(false);
            Dictionary<string, ReplacedFile> changes = group.ToDictionary(r => r.Old, StringComparer.Ordinal);
            BatchFile[] files = [.. JsonSerializer.Deserialize<BatchFile[]>(batch.Files)!
                .Select(f => !changes.TryGetValue(f.Path, out ReplacedFile? change) ? f
                    : change.New is { } written ? NamedFile(written) : null)
                .OfType<BatchFile>()];
            batch.Files = JsonSerializer.Serialize(files);
            batch.OutputBytes = files.Sum(f => f.Bytes);
            batch.OutputRecords = files.Sum(f => f.Rows);
        }
    }

    private static BatchFile NamedFile(LakeFile file) => new(Path.GetFileName(file.Path), file.Path, file.Bytes, file.Rows, file.Sha256);

    /// <summary>The request, and all that wait with it: none if it was carried out with another one.</summary>
    private async Task<IReadOnlyList<ErasureRequest>> StartAsync(string sandboxId, string requestId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        // The transaction holds the write lock: no request and no batch comes in between the two looks.
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        List<ErasureRequest> waiting = await context.ErasureRequests
            .Where(r => r.SandboxId == sandboxId && (r.Status == JobStatus.New || r.Status == JobStatus.Processing))
            .OrderBy(r => r.CreatedAt).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (!waiting.Exists(r => r.Id == requestId)) return [];
        // A batch that waits came before some of them and after others, and brings back who was forgotten before it.
        bool isAlone = await context.Batches.AnyAsync(
            b => b.SandboxId == sandboxId && (b.Status == BatchStatus.Loaded || b.Status == BatchStatus.Staging), cancellationToken).ConfigureAwait(false);
        if (isAlone) waiting.RemoveAll(r => r.Id != requestId);
        foreach (ErasureRequest row in waiting)
        {
            row.Status = JobStatus.Processing;
            row.UpdatedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
        }

        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return waiting;
    }

    // Acknowledged is acknowledged: they stay to be done, and the next one or the next start tries again.
    private async Task PutBackAsync(string sandboxId)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(CancellationToken.None).ConfigureAwait(false);
        await context.ErasureRequests.Where(r => r.SandboxId == sandboxId && r.Status == JobStatus.Processing)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, JobStatus.New)).ConfigureAwait(false);
    }
}
