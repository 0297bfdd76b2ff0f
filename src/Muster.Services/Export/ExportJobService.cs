using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Muster.Services.Ingestion;
using Muster.Services.Segmentation.Jobs;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Export;

/// <summary>One batch of an export: of one segment, or (segmentId null) of all.</summary>
/// <param name="SegmentId">The segment; null when all share the batch.</param>
/// <param name="SegmentNs">Its namespace, as given.</param>
/// <param name="Status">The statuses asked for.</param>
/// <param name="BatchId">32 hexadecimal digits, allocated when the job is made.</param>
public sealed record ExportBatch(string? SegmentId, string? SegmentNs, IReadOnlyList<string>? Status, string BatchId);

/// <summary>
/// Export jobs as clients drive them: create, look at, cancel. The work itself is <see cref="ExportJobRunner"/>'s. Thread-safe.
/// </summary>
public sealed class ExportJobService(IDbContextFactory<ControlPlaneContext> contexts, ExportJobQueue queue, TimeProvider time)
{
    /// <summary>Makes and queues an export.</summary>
    /// <param name="scope">The sandbox.</param>
    /// <param name="body">The request as the client sent it.</param>
    /// <param name="requestId">Trace id of the caller; null to have one made.</param>
    /// <param name="profileInstanceId">Echoed; null if none was given.</param>
    /// <param name="cancellationToken">Before it is saved.</param>
    /// <exception cref="RequestRefusedException">400 for a wrong body, target or merge policy; 429 when too many wait.</exception>
    public async Task<ExportJob> CreateAsync(SandboxScope scope, JsonElement body, string? requestId, string? profileInstanceId,
        CancellationToken cancellationToken)
    {
        if (queue.IsFull(scope.SandboxId))
            throw new RequestRefusedException(429, "UPAPI-140001-429",
                "Too many export jobs wait in this sandbox. Try again when one has finished.");
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        // It holds the write lock: the job counts on from the highest number there is.
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        ExportJob job = await AddAsync(context, scope, body, requestId, profileInstanceId, cancellationToken).ConfigureAwait(false);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        queue.Add(job.SandboxId, job.Id);
        return job;
    }

    /// <summary>Adds an export to a unit of work of the caller, who saves it and then calls <see cref="Start"/>.</summary>
    public async Task<ExportJob> AddAsync(
        ControlPlaneContext context, SandboxScope scope, JsonElement body, string? requestId, string? profileInstanceId,
            CancellationToken cancellationToken)
    {
        ExportRequest request = ExportRequestReader.Read(body);
        await RequireTargetAsync(context, scope, request, cancellationToken).ConfigureAwait(false);
        MergePolicy policy = await ExportMergePolicy.ChooseAsync(context, scope, request, cancellationToken).ConfigureAwait(false);
        bool perBatch = request.SegmentPerBatch && request.Segments is { Count: > 0 };
        ExportBatch[] batches = perBatch
            ? request.Segments!.Select(s => new ExportBatch(s.SegmentId, s.Namespace, s.Statuses, BatchIds.NewExport())).ToArray()
            : [new ExportBatch(null, null, null, BatchIds.NewExport())];
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (ExportBatch batch in batches)
        {
            context.Batches.Add(new Batch
            {
                Id = batch.BatchId,
                SandboxId = scope.SandboxId,
                DatasetId = request.DatasetId,
                Format = "parquet",
                Status = BatchStatus.Loading,
                Tags = """{"acp_producer":["muster:export"]}""",
                CreatedAt = now,
                UpdatedAt = now,
            });
        }

        var job = new ExportJob
        {
            Id = 1 + (await context.ExportJobs.MaxAsync(j => (long?)j.Id, cancellationToken).ConfigureAwait(false) ?? 0),
            SandboxId = scope.SandboxId,
            Request = body.GetRawText(),
            DatasetId = request.DatasetId,
            Batches = JsonSerializer.Serialize(batches),
            SegmentPerBatch = request.SegmentPerBatch,
            MergePolicy = JsonSerializer.Serialize(new { id = policy.Id, version = policy.Version }),
            Metrics = new System.Text.Json.Nodes.JsonObject { ["totalTime"] = new System.Text.Json.Nodes.JsonObject { ["startTimeInMs"] = now } }.ToJsonString(),
            RequestId = requestId ?? Guid.NewGuid().ToString("N"),
            ProfileInstanceId = profileInstanceId ?? "ups",
            CreatedAt = now,
            UpdatedAt = now,
        };
        context.ExportJobs.Add(job);
        return job;
    }

    /// <summary>Queues an export that <see cref="AddAsync"/> made, once it is saved.</summary>
    public void Start(ExportJob job) => queue.Add(job.SandboxId, job.Id);

    /// <summary>Finds an export of the sandbox.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task<ExportJob> GetAsync(SandboxScope scope, long jobId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await FindAsync(context, scope, jobId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The sandbox's exports, newest first.</summary>
    /// <param name="scope">The sandbox.</param>
    /// <param name="skip">How many to skip.</param>
    /// <param name="after">Only those listed after this one (created, id), as a cursor says it; null from the start.</param>
    /// <param name="limit">The most to return.</param>
    /// <param name="status">One status; null for all.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<JobPage<ExportJob>> ListAsync(
        SandboxScope scope, int skip, (long CreatedAt, long Id)? after, int limit, string? status, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        IQueryable<ExportJob> jobs = context.ExportJobs.AsNoTracking().Where(j => j.SandboxId == scope.SandboxId);
        if (status is not null) jobs = jobs.Where(j => j.Status == status);
        int total = await jobs.CountAsync(cancellationToken).ConfigureAwait(false);
        if (after is { } cursor) jobs =
            jobs.Where(j => j.CreatedAt < cursor.CreatedAt || (j.CreatedAt == cursor.CreatedAt && j.Id < cursor.Id));
        List<ExportJob> page = await jobs.OrderByDescending(j => j.CreatedAt).ThenByDescending(j => j.Id).Skip(skip).Take(limit)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return new JobPage<ExportJob>(page, total);
    }

    /// <summary>Cancels an export that waits or runs, asynchronously; a finished one is left as it is.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task CancelAsync(SandboxScope scope, long jobId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await FindAsync(context, scope, jobId, cancellationToken).ConfigureAwait(false);
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        int changed = await context.ExportJobs.Where(j => j.Id == jobId
            && (j.Status == JobStatus.New || j.Status == JobStatus.Queued || j.Status == JobStatus.Processing))
            .ExecuteUpdateAsync(j => j.SetProperty(p => p.Status, JobStatus.Cancelling).SetProperty(p => p.UpdatedAt, now),
                cancellationToken).ConfigureAwait(false);
        if (changed > 0) queue.Cancel(scope.SandboxId, jobId);
    }

    private static async Task RequireTargetAsync(ControlPlaneContext context, SandboxScope scope, ExportRequest request,
        CancellationToken cancellationToken)
    {
        if (request.SchemaName != "_xdm.context.profile")
            throw new RequestRefusedException(400, "UPAPI-140002-400",
                $"The schema '{request.SchemaName}' cannot be exported. Use '_xdm.context.profile'.");
        Dataset? target = await context.Datasets.AsNoTracking()
            .SingleOrDefaultAsync(d => d.Id == request.DatasetId && d.SandboxId == scope.SandboxId,
            cancellationToken).ConfigureAwait(false);
        if (target is null) throw new RequestRefusedException(400, "UPLIB-101554-503",
            $"There is no dataset '{request.DatasetId}' in this sandbox.");
        if (!target.IsUnion)
        {
            throw new RequestRefusedException(400, "UPAPI-140003-400",
                $"Dataset '{request.DatasetId}' cannot hold profiles: its schemaRef.id must be 'https://ns.adobe.com/xdm/context/profile__union'.");
        }
    }

    private static async Task<ExportJob> FindAsync(ControlPlaneContext context, SandboxScope scope, long jobId,
        CancellationToken cancellationToken) =>
        await context.ExportJobs.SingleOrDefaultAsync(j => j.Id == jobId && j.SandboxId == scope.SandboxId,
            cancellationToken).ConfigureAwait(false)
        ?? throw new RequestRefusedException(404, "UPAPI-140004-404", $"There is no export job '{jobId}' in this sandbox.");
}
