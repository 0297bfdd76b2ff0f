using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Entities;

/// <summary>
/// Forgets a person: records and events in the lake, profile, links and memberships go in one commit, and with it the name in the request. Until
/// then nothing changed; interrupted at any point it starts again.
/// </summary>
public sealed class ErasureRunner(
    IDbContextFactory<ControlPlaneContext> contexts, SandboxStores stores, TimeProvider time, ILogger<ErasureRunner> logger)
{
    /// <summary>Carries out a request that is new (or was interrupted); any other is left alone.</summary>
    public async Task RunAsync(string sandboxId, string requestId, CancellationToken cancellationToken)
    {
        try
        {
            if (await StartAsync(requestId, cancellationToken).ConfigureAwait(false) is { } request)
                await ForgetAsync(sandboxId, request, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A request must reach a final status whatever breaks; the reason goes to the log.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The process is stopping: the row still says processing, and the next start takes it up.
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Deletion {Request} failed", requestId);
            await FailAsync(requestId).ConfigureAwait(false);
        }
#pragma warning restore CA1031
    }

    private async Task ForgetAsync(string sandboxId, ErasureRequest request, CancellationToken cancellationToken)
    {
        SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
        IReadOnlySet<int> people = new HashSet<int>();
        PreparedApply prepared = await store.PrepareAsync(
            profiles => new StoreChange { Erased = people = Identities(profiles, request) }, null, cancellationToken).ConfigureAwait(false);
        var payload = new { request = request.Id, identities = people.Count, replaced = prepared.Replaced.Select(r => new { r.BatchId, r.Old, New = r.New?.Path }) };
        await store.CommitAsync(prepared, JournalKinds.PeopleErased, payload, async (context, _) =>
        {
            ErasureRequest row = await context.ErasureRequests.SingleAsync(r => r.Id == request.Id, cancellationToken).ConfigureAwait(false);
            if (row.Status != JobStatus.Processing) return false;
            row.Status = JobStatus.Succeeded;
            row.Forgotten = people.Count;
            (row.Namespace, row.Identity) = ("", "");
            row.UpdatedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
            await RenameFilesAsync(context, prepared.Replaced, cancellationToken).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
    }

    private static HashSet<int> Identities(ProfileStore profiles, ErasureRequest request) =>
        profiles.FindProfile(GraphType.Pdg, request.Namespace, request.Identity) is { } person ? [.. profiles.MembersOf(person)] : [];

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

    // The name stays in the row: whoever looks into the log knows who is still there, and a restart tries again.
    private async Task FailAsync(string requestId)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(CancellationToken.None).ConfigureAwait(false);
        await context.ErasureRequests.Where(r => r.Id == requestId && r.Status == JobStatus.Processing)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, JobStatus.Failed)).ConfigureAwait(false);
    }
}
