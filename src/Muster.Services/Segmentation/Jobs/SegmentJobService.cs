using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Muster.Services.Segmentation.Definitions;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Segmentation.Jobs;

/// <summary>
/// Segment jobs as clients drive them: create, look at, cancel. The work itself is <see cref="SegmentJobRunner"/>'s. Thread-safe.
/// </summary>
public sealed class SegmentJobService(IDbContextFactory<ControlPlaneContext> contexts, SegmentJobQueue queue, TimeProvider time)
{
    /// <summary>Makes and queues a job.</summary>
    /// <exception cref="RequestRefusedException">400: no segment, or an unknown one. 429: too many jobs wait in the sandbox.</exception>
    public async Task<SegmentJob> CreateAsync(SandboxScope scope, NewSegmentJob request, CancellationToken cancellationToken)
    {
        if (queue.IsFull(scope.SandboxId))
            throw new RequestRefusedException(429, "UPAPI-130001-429",
                "Too many segment jobs wait in this sandbox. Try again when one has finished.");
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        // It holds the write lock: the job counts on from the highest number there is.
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        SegmentJob job = await AddAsync(context, scope, request, cancellationToken).ConfigureAwait(false);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        queue.Add(job.SandboxId, job.Id);
        return job;
    }

    /// <summary>
    /// Adds a job to a unit of work of the caller, who saves it and then calls <see cref="Start"/>: so a schedule's fire and its job are
    /// one transaction.
    /// </summary>
    public async Task<SegmentJob> AddAsync(ControlPlaneContext context, SandboxScope scope, NewSegmentJob request,
        CancellationToken cancellationToken)
    {
        IQueryable<SegmentDefinition> definitions = context.SegmentDefinitions.AsNoTracking().Where(d => d.SandboxId == scope.SandboxId);
        List<SegmentDefinition> found;
        if (request.SegmentIds is { } ids)
        {
            if (ids.Count == 0) throw new RequestRefusedException(400, "UPAPI-130002-400", "A segment job needs at least one segmentId.");
            string[] wanted = ids.Distinct(StringComparer.Ordinal).ToArray();
            found = await definitions.Where(d => wanted.Contains(d.Id)).ToListAsync(cancellationToken).ConfigureAwait(false);
            Dictionary<string, SegmentDefinition> byId = found.ToDictionary(d => d.Id, StringComparer.Ordinal);
            string[] unknown = wanted.Where(id => !byId.ContainsKey(id)).ToArray();
            if (unknown.Length > 0)
            {
                throw new RequestRefusedException(400, "UPAPI-130003-400",
                    $"There is no segment definition '{string.Join("', '", unknown.Take(10))}' in this sandbox. "
                    + "List them with GET /segment/definitions.");
            }

            found = wanted.Select(id => byId[id]).ToList();
        }
        else
        {
            found = await definitions.OrderBy(d => d.CreatedAt).ThenBy(d => d.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
        }

        Dictionary<string, int> policies = await context.MergePolicies.Where(p => p.SandboxId == scope.SandboxId)
            .ToDictionaryAsync(p => p.Id, p => p.Version, cancellationToken).ConfigureAwait(false);
        JobSegment[] segments = found.Select(d => new JobSegment(
            d.Id, d.Version, d.ExpressionType, d.ExpressionFormat, d.ExpressionValue, d.MergePolicyId,
                policies.GetValueOrDefault(d.MergePolicyId, 1), DefinitionBody.IncludesOptedOut(d))).ToArray();
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var job = new SegmentJob
        {
            Id = Guid.NewGuid().ToString(),
            SandboxId = scope.SandboxId,
            Source = request.Source,
            AllSegments = request.SegmentIds is null,
            Segments = JsonSerializer.Serialize(segments),
            Metrics = SegmentJobMetrics.Starting(now).ToJsonString(),
            Properties = request.Properties ?? "{}",
            RequestId = request.RequestId ?? Guid.NewGuid().ToString("N"),
            ProfileInstanceId = request.ProfileInstanceId ?? "ups",
            BatchId = Guid.NewGuid().ToString(),
            ComputeJobId = 1 + (await context.SegmentJobs.MaxAsync(j => (long?)j.ComputeJobId, cancellationToken).ConfigureAwait(false)
                ?? 0),
            CreatedAt = now,
            UpdatedAt = now,
        };
        context.SegmentJobs.Add(job);
        return job;
    }

    /// <summary>Queues a job that <see cref="AddAsync"/> made, once it is saved.</summary>
    public void Start(SegmentJob job) => queue.Add(job.SandboxId, job.Id);

    /// <summary>Finds a job of the sandbox.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task<SegmentJob> GetAsync(SandboxScope scope, string jobId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await FindAsync(context, scope, jobId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One page of the sandbox's jobs, ordered by creation.</summary>
    public async Task<JobPage<SegmentJob>> ListAsync(SandboxScope scope, JobListing listing, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        IQueryable<SegmentJob> jobs = context.SegmentJobs.AsNoTracking().Where(j => j.SandboxId == scope.SandboxId);
        if (listing.Status is { } status) jobs = jobs.Where(j => j.Status == status);
        if (listing.SegmentId is { } segment)
        {
            string needle = "\"SegmentId\":" + JsonSerializer.Serialize(segment);
            jobs = jobs.Where(j => j.Segments.Contains(needle));
        }

        int total = await jobs.CountAsync(cancellationToken).ConfigureAwait(false);
        jobs = listing.Descending ? jobs.OrderByDescending(j => j.CreatedAt).ThenByDescending(j => j.ComputeJobId)
            : jobs.OrderBy(j => j.CreatedAt).ThenBy(j => j.ComputeJobId);
        return new JobPage<SegmentJob>(await jobs.Skip(listing.Start).Take(listing.Limit)
            .ToListAsync(cancellationToken).ConfigureAwait(false), total);
    }

    /// <summary>
    /// Cancels a job that waits or runs, asynchronously: a running one becomes CANCELLING and, once its work has stopped, CANCELLED. A
    /// finished job is taken out of the listings.
    /// </summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task CancelAsync(SandboxScope scope, string jobId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        SegmentJob job = await FindAsync(context, scope, jobId, cancellationToken).ConfigureAwait(false);
        if (JobStatus.IsFinal(job.Status))
        {
            await context.SegmentJobs.Where(j => j.Id == jobId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        // One statement, so that it cannot overwrite what the runner commits at the same time.
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        int changed = await context.SegmentJobs.Where(j => j.Id == jobId
            && (j.Status == JobStatus.New || j.Status == JobStatus.Queued || j.Status == JobStatus.Processing))
            .ExecuteUpdateAsync(j => j.SetProperty(p => p.Status, JobStatus.Cancelling).SetProperty(p => p.UpdatedAt, now),
                cancellationToken).ConfigureAwait(false);
        if (changed > 0) queue.Cancel(scope.SandboxId, jobId);
    }

    private static async Task<SegmentJob> FindAsync(ControlPlaneContext context, SandboxScope scope, string jobId,
        CancellationToken cancellationToken) =>
        await context.SegmentJobs.SingleOrDefaultAsync(j => j.Id == jobId && j.SandboxId == scope.SandboxId,
            cancellationToken).ConfigureAwait(false)
        ?? throw new RequestRefusedException(404, "UPAPI-130004-404", $"There is no segment job '{jobId}' in this sandbox.");
}
