using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Muster.Engine.Columns;
using Muster.Pql.Types;
using Muster.Services.MergePolicies;
using Muster.Services.Schemas;
using Muster.Services.Segmentation.Jobs;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Exports;
using Muster.Storage.Journal;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Export;

/// <summary>
/// Runs exports. The files are written beside everything else; the transaction that makes the job SUCCEEDED replaces the content of the
/// target dataset by them, so the target always holds the whole of one export, and an export that fails leaves the earlier content.
/// </summary>
public sealed class ExportJobRunner(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, SandboxStores stores, SandboxJournal journal,
        ExportSegmentation segmentation, SandboxSchemas schemas, DuckDbOptions options,
    TimeProvider time, ILogger<ExportJobRunner> logger)
{
    private readonly string _owner = Guid.NewGuid().ToString("N");

    /// <summary>Runs one job that is not final; any other is left alone.</summary>
    public async Task RunAsync(string sandboxId, long jobId, CancellationToken cancellationToken)
    {
        ExportJob? job = await TakeAsync(jobId).ConfigureAwait(false);
        if (job is null) return;
        try
        {
            await ExportAsync(sandboxId, job, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A job must reach a final status whatever breaks; the reason goes to the log, not to the client.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Either a client asked (the row says CANCELLING), or the process stops (it says PROCESSING and the next start runs it again).
            await EndAsync(job, JobStatus.Cancelling, JobStatus.Cancelled, null).ConfigureAwait(false);
        }
        catch (RequestRefusedException refused)
        {
            await EndAsync(job, null, JobStatus.Failed, new JobError("0100000003", refused.Message, "")).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Export job {Job} failed", jobId);
            var error = new JobError(
                "0090000009",
                "Writing the output failed because of an error of the server. The target holds what it held before. "
                + "See the server's log, then run it again.",
                "");
            await EndAsync(job, null, JobStatus.Failed, error).ConfigureAwait(false);
        }
#pragma warning restore CA1031
    }

    private async Task ExportAsync(string sandboxId, ExportJob job, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using JsonDocument body = JsonDocument.Parse(job.Request);
        ExportRequest request = ExportRequestReader.Read(body.RootElement);
        if (request.Segmentation) await segmentation.EvaluateAsync(sandboxId, request, job, cancellationToken).ConfigureAwait(false);
        long started = Now();
        SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
        while (!await store.WithRepairAsync(() => TryExportAsync(store, request, job, started, cancellationToken), cancellationToken).ConfigureAwait(false))
        {
            // People were forgotten meanwhile: the next one is without them.
        }
    }

    /// <returns>False if the output holds people who were forgotten since it was begun; nothing is committed then.</returns>
    private async Task<bool> TryExportAsync(
        SandboxStore store, ExportRequest request, ExportJob job, long started, CancellationToken cancellationToken)
    {
        string sandboxId = job.SandboxId;
        MergeMethod method = await MethodAsync(job, cancellationToken).ConfigureAwait(false);
        (SandboxSnapshot snapshot, IdentityComponents components) = await store.TakeSnapshotAsync([method], cancellationToken).ConfigureAwait(false);
        await using SandboxSnapshot pinned = snapshot;
        OrdinalSet optedOut = await OptedOutAsync(sandboxId, snapshot, method, started, cancellationToken).ConfigureAwait(false);
        ExportBatch[] batches = JsonSerializer.Deserialize<ExportBatch[]>(job.Batches)!;
        var written = new List<WrittenBatch>();
        foreach (ExportBatch batch in batches)
        {
            IReadOnlyList<ExportSegment>? segments = batch.SegmentId is null
                ? request.Segments
                : [new ExportSegment(batch.SegmentId, batch.SegmentNs!, batch.Status!)];
            string target = folder.Lake(sandboxId, job.DatasetId, batch.BatchId);
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
            var columns = new ExportColumns(request.Fields, request.EventFields, request.EventsIngestedAfter, request.EventsIngestedUntil);
            ExportResult result = await new ProfileExporter(snapshot, components, method, folder.Sandbox(sandboxId), folder.NewSpill(sandboxId), options, folder.Files)
                .WriteAsync(ExportSelections.Of(request, segments, snapshot, components, method.Graph, optedOut), columns, target, cancellationToken).ConfigureAwait(false);
            written.Add(new WrittenBatch(batch.BatchId, result));
        }

        return await CommitAsync(sandboxId, job, written, snapshot.Manifest.Profiles.Watermark, started, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The merge method of the policy that the job names, as the policy is now.</summary>
    private async Task<MergeMethod> MethodAsync(ExportJob job, CancellationToken cancellationToken)
    {
        string? id = JsonNode.Parse(job.MergePolicy)?["id"]?.GetValue<string>();
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        MergePolicy? policy = await context.MergePolicies.AsNoTracking()
            .SingleOrDefaultAsync(p => p.SandboxId == job.SandboxId && p.Id == id, cancellationToken).ConfigureAwait(false);
        return policy?.ToMergeMethod()
            ?? throw new RequestRefusedException(404, "0100000003", $"Merge policy '{id}' was deleted before the export was made. Export again with another one.");
    }

    private async Task<OrdinalSet> OptedOutAsync(
        string sandboxId, SandboxSnapshot snapshot, MergeMethod method, long now, CancellationToken cancellationToken)
    {
        ProfileSchema schema = await schemas.GetAsync(sandboxId, cancellationToken).ConfigureAwait(false);
        await using IBlockSource source = snapshot.OpenBlocks(method);
        return await ExcludedProfiles.FindOptedOutAsync(source, schema, now, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>False if people were forgotten after the state that was exported.</returns>
    private async Task<bool> CommitAsync(
        string sandboxId, ExportJob job, List<WrittenBatch> written, long watermark, long started, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long exported = Now();
        bool isOutdated = false;
        List<string> replaced = [];
        var payload = new
        {
            jobId = job.Id,
            datasetId = job.DatasetId,
            batches = written.Select(w => new { batchId = w.BatchId, files = Files(sandboxId, w) })
        };
        CommittedNumbers? committed = await journal.CommitAsync(sandboxId, JournalKinds.ExportFinished, payload, null,
            async (context, number) =>
        {
            ExportJob? row = await context.ExportJobs.SingleOrDefaultAsync(j => j.Id == job.Id, cancellationToken).ConfigureAwait(false);
            if (row is null || row.Fence != job.Fence || row.Status != JobStatus.Processing) return false;
            isOutdated = await context.Journal.AnyAsync(
                j => j.SandboxId == sandboxId && j.Number > watermark && j.Kind == JournalKinds.PeopleErased, cancellationToken).ConfigureAwait(false);
            if (isOutdated) return false;
            // Its batches went with it.
            Dataset target = await context.Datasets.SingleOrDefaultAsync(d => d.Id == job.DatasetId,
                cancellationToken).ConfigureAwait(false)
                ?? throw new RequestRefusedException(404, "0100000003",
                    $"Dataset '{job.DatasetId}' was deleted before the export was finished.");
            long now = Now();
            foreach (Batch old in await context.Batches.Where(b => b.DatasetId == job.DatasetId && b.Status == BatchStatus.Success)
                .ToListAsync(cancellationToken).ConfigureAwait(false))
            {
                old.Status = BatchStatus.Inactive;
                old.Files = "[]";
                old.UpdatedAt = now;
                replaced.Add(folder.Lake(sandboxId, job.DatasetId, old.Id));
            }

            foreach (WrittenBatch batch in written) await FinishBatchAsync(context, sandboxId, batch, number, started, now,
                cancellationToken).ConfigureAwait(false);
            target.LastBatchId = written[^1].BatchId;
            target.LastBatchStatus = BatchStatus.Success;
            row.Status = JobStatus.Succeeded;
            row.Progress = 1;
            row.Owner = null;
            row.UpdatedAt = now;
            row.Metrics = Metrics(job, written, started, exported, now).ToJsonString();
            return true;
        }, cancellationToken).ConfigureAwait(false);
        if (isOutdated) return false;
        if (committed is null)
        {
            // Ending it takes its files away; if another process has it by now, they are that one's.
            await EndAsync(job, JobStatus.Cancelling, JobStatus.Cancelled, null).ConfigureAwait(false);
            return true;
        }

        foreach (string gone in replaced)
            if (Directory.Exists(gone)) Directory.Delete(gone, recursive: true);
        return true;
    }

    private async Task FinishBatchAsync(
        ControlPlaneContext context, string sandboxId, WrittenBatch written, long number, long started, long now,
            CancellationToken cancellationToken)
    {
        Batch batch = await context.Batches.SingleAsync(b => b.Id == written.BatchId, cancellationToken).ConfigureAwait(false);
        BatchFile[] files = Files(sandboxId, written);
        batch.Status = BatchStatus.Success;
        batch.Sequence = number;
        batch.Files = JsonSerializer.Serialize(files);
        batch.StartedAt = started;
        batch.CompletedAt = batch.UpdatedAt = now;
        batch.OutputBytes = files.Sum(f => f.Bytes);
        batch.InputRecords = batch.OutputRecords = files.Sum(f => f.Rows);
    }

    private BatchFile[] Files(string sandboxId, WrittenBatch written) =>
        written.Result.Files.Select(f =>
            new BatchFile(Path.GetFileName(f.Path), folder.Relative(sandboxId, f.Path), f.Bytes, f.Rows, f.Sha256)).ToArray();

    private static JsonObject Metrics(ExportJob job, List<WrittenBatch> written, long started, long exported, long finished)
    {
        var byNamespace = new JsonObject();
        foreach (var group in written.SelectMany(w => w.Result.ByNamespace)
            .GroupBy(n => n.Key, StringComparer.Ordinal)) byNamespace[group.Key] = group.Sum(n => n.Value);
        return new JsonObject
        {
            ["totalTime"] = SegmentJobMetrics.Timing(job.CreatedAt, finished),
            ["profileExportTime"] = SegmentJobMetrics.Timing(started, exported),
            ["aCPDatasetWriteTime"] = SegmentJobMetrics.Timing(exported, finished),
            ["totalExportedProfileCounter"] = written.Sum(w => w.Result.Files.Sum(f => f.Rows)),
            ["exportedProfileByNamespaceCounter"] = byNamespace,
        };
    }

    private async Task<ExportJob?> TakeAsync(long jobId)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
        // The transaction holds the write lock from here on: a cancel comes before the read or after the write, and no two get one number.
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync().ConfigureAwait(false);
        ExportJob? job = await context.ExportJobs.SingleOrDefaultAsync(j => j.Id == jobId).ConfigureAwait(false);
        if (job is null || JobStatus.IsFinal(job.Status)) return null;
        job.Fence++;
        job.UpdatedAt = Now();
        bool cancelled = job.Status == JobStatus.Cancelling;
        job.Status = cancelled ? JobStatus.Cancelled : JobStatus.Processing;
        job.Owner = cancelled ? null : _owner;
        if (!cancelled) job.ComputeGatewayJobId = JsonSerializer.Serialize(new { exportJob = Guid.NewGuid(), pushJob = Guid.NewGuid() });
        await context.SaveChangesAsync().ConfigureAwait(false);
        await transaction.CommitAsync().ConfigureAwait(false);
        if (cancelled) await CloseBatchesAsync(context, job).ConfigureAwait(false);
        return cancelled ? null : job;
    }

    private async Task EndAsync(ExportJob job, string? onlyFrom, string status, JobError? error)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync().ConfigureAwait(false);
        ExportJob? row = await context.ExportJobs.SingleOrDefaultAsync(j => j.Id == job.Id).ConfigureAwait(false);
        if (row is null || row.Fence != job.Fence || JobStatus.IsFinal(row.Status)
            || (onlyFrom is not null && row.Status != onlyFrom)) return;
        // An export whose cancelling was accepted ends as cancelled, whatever it met on its way.
        row.Status = row.Status == JobStatus.Cancelling ? JobStatus.Cancelled : status;
        row.Owner = null;
        row.UpdatedAt = Now();
        if (error is not null) row.Errors = JsonSerializer.Serialize(new[] { error });
        row.Metrics = new JsonObject { ["totalTime"] = SegmentJobMetrics.Timing(job.CreatedAt, row.UpdatedAt) }.ToJsonString();
        await context.SaveChangesAsync().ConfigureAwait(false);
        await transaction.CommitAsync().ConfigureAwait(false);
        await CloseBatchesAsync(context, row).ConfigureAwait(false);
    }

    /// <summary>The batches of an export that came to nothing are aborted; their files go.</summary>
    private async Task CloseBatchesAsync(ControlPlaneContext context, ExportJob job)
    {
        string[] ids = JsonSerializer.Deserialize<ExportBatch[]>(job.Batches)!.Select(b => b.BatchId).ToArray();
        long now = Now();
        await context.Batches.Where(b => ids.Contains(b.Id) && b.Status == BatchStatus.Loading)
            .ExecuteUpdateAsync(b => b.SetProperty(p => p.Status, BatchStatus.Aborted).SetProperty(p => p.UpdatedAt, now)
                .SetProperty(p => p.CompletedAt, now)).ConfigureAwait(false);
        foreach (string id in ids)
        {
            string leftover = folder.Lake(job.SandboxId, job.DatasetId, id);
            if (Directory.Exists(leftover)) Directory.Delete(leftover, recursive: true);
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record WrittenBatch(string BatchId, ExportResult Result);
}
