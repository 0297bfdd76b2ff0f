using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Services.Ingestion;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Exports;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Entities;

/// <summary>
/// Forgets a person: records and events in the lake, rows of exports, profile, links and memberships go in one commit, and with it the name in the
/// request. Until then nothing changed; interrupted at any point it starts again, and the next start removes the files that nothing names.
/// </summary>
public sealed class ErasureRunner(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, SandboxStores stores, DuckDbOptions options, TimeProvider time, ILogger<ErasureRunner> logger)
{
    /// <summary>
    /// Carries out a request that is new (or was interrupted); any other is left alone. While the disk is full or the like it waits, and with it what
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
            if (await StartAsync(requestId, cancellationToken).ConfigureAwait(false) is { } request)
                await ForgetAsync(sandboxId, request, cancellationToken).ConfigureAwait(false);
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
            await PutBackAsync(requestId).ConfigureAwait(false);
        }
#pragma warning restore CA1031
        return true;
    }

    private async Task ForgetAsync(string sandboxId, ErasureRequest request, CancellationToken cancellationToken)
    {
        SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
        IReadOnlySet<int> people = new HashSet<int>();
        IReadOnlyList<(string Namespace, string Id)> names = [];
        PreparedApply prepared = await store.PrepareAsync(
            profiles =>
            {
                long? person = profiles.FindProfile(GraphType.Pdg, request.Namespace, request.Identity);
                people = person is { } found ? [.. profiles.MembersOf(found)] : new HashSet<int>();
                // What never fed a profile may know an identity that the graph does not.
                names = person is { } known ? profiles.IdentitiesOf(GraphType.Pdg, known) : [(request.Namespace, request.Identity)];
                return new StoreChange { Erased = people };
            },
            null, cancellationToken).ConfigureAwait(false);
        var others = new List<ReplacedFile>();
        bool isHandedOver = false, isCommitted = false;
        try
        {
            await RewriteOthersAsync(sandboxId, names, prepared.Basis, others, cancellationToken).ConfigureAwait(false);
            ReplacedFile[] replaced = [.. prepared.Replaced, .. others];
            var payload = new { request = request.Id, identities = people.Count, replaced = replaced.Select(r => new { r.BatchId, r.Old, New = r.New?.Path }) };
            isHandedOver = true;
            isCommitted = await store.CommitAsync(prepared, JournalKinds.PeopleErased, payload, async (context, _) =>
            {
                ErasureRequest row = await context.ErasureRequests.SingleAsync(r => r.Id == request.Id, cancellationToken).ConfigureAwait(false);
                if (row.Status != JobStatus.Processing) return false;
                row.Status = JobStatus.Succeeded;
                row.Forgotten = people.Count;
                (row.Namespace, row.Identity) = ("", "");
                row.UpdatedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
                await RenameFilesAsync(context, replaced, cancellationToken).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
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
        string sandboxId, IReadOnlyList<(string Namespace, string Id)> people, StoreManifest basis, List<ReplacedFile> replaced,
        CancellationToken cancellationToken)
    {
        HashSet<string> known = [.. basis.LakeFiles];
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        var batches = await context.Batches.AsNoTracking().Where(b => b.SandboxId == sandboxId && b.Status == BatchStatus.Success)
            .Select(b => new { b.Id, b.Files }).ToListAsync(cancellationToken).ConfigureAwait(false);
        using var workspace = new DuckDbWorkspace(folder.NewSpill(sandboxId), options);
        var erasure = new FileErasure(folder.Sandbox(sandboxId), people, folder.Files);
        foreach (var batch in batches)
        {
            foreach (BatchFile file in JsonSerializer.Deserialize<BatchFile[]>(batch.Files)!.Where(f => !known.Contains(f.Path)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (erasure.Rewrite(workspace, batch.Id, file.Path) is { } written) replaced.Add(written);
            }
        }
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
                    : change.New is { } written ? new BatchFile(Path.GetFileName(written.Path), written.Path, written.Bytes, written.Rows, written.Sha256) : null)
                .OfType<BatchFile>()];
            batch.Files = JsonSerializer.Serialize(files);
            batch.OutputBytes = files.Sum(f => f.Bytes);
            batch.OutputRecords = files.Sum(f => f.Rows);
        }
    }

    private async Task<ErasureRequest?> StartAsync(string requestId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        ErasureRequest? row = await context.ErasureRequests.SingleOrDefaultAsync(r => r.Id == requestId, cancellationToken).ConfigureAwait(false);
        if (row is null || row.Status is not (JobStatus.New or JobStatus.Processing)) return null;
        row.Status = JobStatus.Processing;
        row.UpdatedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return row;
    }

    // Acknowledged is acknowledged: it stays to be done, and the next start tries again.
    private async Task PutBackAsync(string requestId)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(CancellationToken.None).ConfigureAwait(false);
        await context.ErasureRequests.Where(r => r.Id == requestId && r.Status == JobStatus.Processing)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, JobStatus.New)).ConfigureAwait(false);
    }
}
