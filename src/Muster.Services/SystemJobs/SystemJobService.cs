using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Muster.Services.Ingestion;
using Muster.Services.Requests;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.SystemJobs;

/// <summary>Jobs that take data out of profiles and leave it in the lake. Thread-safe.</summary>
/// <param name="contexts">The control plane.</param>
/// <param name="batches">Tells whether too much waits.</param>
/// <param name="queue">Where jobs wait for their turn.</param>
/// <param name="time">Stamps them.</param>
public sealed class SystemJobService(IDbContextFactory<ControlPlaneContext> contexts, BatchQueue batches, SystemJobQueue queue, TimeProvider time)
{
    private const string Events = "time-series";

    /// <summary>Asks for a dataset, or one batch of events, to be taken out, once the batches that are closed by now are in.</summary>
    /// <param name="scope">The sandbox.</param>
    /// <param name="body">With <c>dataSetId</c>, <c>batchId</c> or both.</param>
    /// <param name="cancellationToken">Gives up before the row is written.</param>
    /// <exception cref="RequestRefusedException">
    /// 400: neither is given, they are unknown, or the batch holds records; 422: such a job waits or runs; 429: too much waits.
    /// </exception>
    public async Task<ProfileSystemJob> CreateAsync(SandboxScope scope, JsonObject body, CancellationToken cancellationToken)
    {
        string? dataset = body.Text("dataSetId") ?? body.Text("datasetId"), batch = body.Text("batchId");
        if (dataset is null && batch is null) throw JsonFields.Missing("dataSetId");
        if (batches.IsFull(scope.SandboxId))
            throw new RequestRefusedException(429, "systemJob.queue", "Too many batches and jobs wait in this sandbox. Try again later.");
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        ProfileSystemJob job = await FindTargetAsync(context, scope, dataset, batch, cancellationToken).ConfigureAwait(false);
        if (await context.ProfileSystemJobs.FirstOrDefaultAsync(
            j => j.SandboxId == scope.SandboxId && j.DatasetId == job.DatasetId && j.BatchId == job.BatchId
                && (j.Status == JobStatus.New || j.Status == JobStatus.Processing), cancellationToken).ConfigureAwait(false) is { } same)
            throw new RequestRefusedException(422, "systemJob.exists", $"The job '{same.Id}' does that already and is not finished.");
        context.ProfileSystemJobs.Add(job);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        queue.Add(scope.SandboxId, job.Id);
        return job;
    }

    /// <summary>All jobs of the sandbox in the order in which they were made.</summary>
    public async Task<IReadOnlyList<ProfileSystemJob>> ListAsync(SandboxScope scope, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await context.ProfileSystemJobs.AsNoTracking().Where(j => j.SandboxId == scope.SandboxId)
            .OrderBy(j => j.CreatedAt).ThenBy(j => j.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One job.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task<ProfileSystemJob> GetAsync(SandboxScope scope, string id, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await FindAsync(context, scope, id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes the record of a job; one that waits is not carried out. What a finished one took out stays out.</summary>
    /// <exception cref="RequestRefusedException">404; 422: it runs.</exception>
    public async Task DeleteAsync(SandboxScope scope, string id, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        ProfileSystemJob job = await FindAsync(context, scope, id, cancellationToken).ConfigureAwait(false);
        if (job.Status == JobStatus.Processing) throw new RequestRefusedException(422, "systemJob.runs", $"The job '{id}' runs. Wait for its end.");
        context.ProfileSystemJobs.Remove(job);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<ProfileSystemJob> FindTargetAsync(
        ControlPlaneContext context, SandboxScope scope, string? datasetId, string? batchId, CancellationToken cancellationToken)
    {
        Batch? batch = null;
        if (batchId is not null)
        {
            batch = await context.Batches.AsNoTracking().SingleOrDefaultAsync(
                b => b.Id == batchId && b.SandboxId == scope.SandboxId && b.Status == BatchStatus.Success, cancellationToken).ConfigureAwait(false);
            if (batch is null || (datasetId is not null && batch.DatasetId != datasetId))
                throw Unknown($"Batch not found for profile dataset '{datasetId ?? batchId}'");
            datasetId = batch.DatasetId;
        }

        Dataset? dataset = await context.Datasets.AsNoTracking().SingleOrDefaultAsync(
            d => d.Id == datasetId && d.SandboxId == scope.SandboxId, cancellationToken).ConfigureAwait(false);
        if (dataset is null || dataset.IsUnion) throw Unknown($"Dataset not found for profile: '{datasetId}'");
        if (batch is not null && dataset.Behavior != Events)
            throw new RequestRefusedException(400, "systemJob.records",
                $"Invalid delete request: batch '{batchId}' holds records. Only batches of events can be taken out; delete the whole dataset instead.");
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return new ProfileSystemJob
        {
            Id = Guid.NewGuid().ToString(),
            SandboxId = scope.SandboxId,
            DatasetId = dataset.Id,
            BatchId = batchId,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    private static RequestRefusedException Unknown(string message) => new(400, "systemJob.unknown", message) { Findings = [new RequestFinding("400", message)] };

    private static async Task<ProfileSystemJob> FindAsync(ControlPlaneContext context, SandboxScope scope, string id, CancellationToken cancellationToken) =>
        await context.ProfileSystemJobs.SingleOrDefaultAsync(j => j.Id == id && j.SandboxId == scope.SandboxId, cancellationToken).ConfigureAwait(false)
        ?? throw new RequestRefusedException(404, "systemJob.missing", $"There is no system job '{id}' in this sandbox.");
}
