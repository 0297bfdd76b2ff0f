using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Muster.Services.Tenancy;
using Muster.Storage;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Ingestion;

/// <summary>The life of ingested batches as clients drive it: open, upload, complete, abort. Thread-safe.</summary>
public sealed class BatchService(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, BatchQueue queue, TimeProvider time)
{
    /// <summary>The most files of one batch.</summary>
    public const int MaximumFiles = 10_000;

    /// <summary>Opens a batch.</summary>
    /// <exception cref="RequestRefusedException">400: unknown dataset or format, a share outside 0 to 100.</exception>
    public async Task<Batch> CreateAsync(SandboxScope scope, NewBatch request, CancellationToken cancellationToken)
    {
        string format = request.Format.ToLowerInvariant();
        if (format is not ("json" or "parquet"))
            throw new RequestRefusedException(400, "batch.format",
                $"The input format '{request.Format}' is not supported. Use 'json' or 'parquet'.");
        if (request.PartialIngestionPercentage is < 0 or > 100)
            throw new RequestRefusedException(400, "batch.share", "partialIngestionPercentage lies between 0 and 100.");
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Dataset? dataset = await context.Datasets.SingleOrDefaultAsync(d => d.Id == request.DatasetId && d.SandboxId == scope.SandboxId,
            cancellationToken).ConfigureAwait(false);
        if (dataset is null) throw new RequestRefusedException(400, "dataset.unknown",
            $"There is no dataset '{request.DatasetId}' in this sandbox. Create it in the catalog first.");
        if (dataset.IsUnion)
            throw new RequestRefusedException(400, "dataset.union",
                $"Dataset '{request.DatasetId}' has the union schema: exports write it, batches cannot. "
                + "Use a dataset of the profile or event class.");
        DateTimeOffset now = time.GetUtcNow();
        var batch = new Batch
        {
            Id = BatchIds.NewUlid(now),
            SandboxId = scope.SandboxId,
            DatasetId = dataset.Id,
            Format = format,
            IsMultiLineJson = request.IsMultiLineJson,
            EnableErrorDiagnostics = request.EnableErrorDiagnostics,
            PartialIngestionPercentage = request.PartialIngestionPercentage ?? 0,
            ExternalId = request.ExternalId,
            Tags = request.Tags ?? "{}",
            CreatedAt = now.ToUnixTimeMilliseconds(),
            UpdatedAt = now.ToUnixTimeMilliseconds(),
        };
        context.Batches.Add(batch);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return batch;
    }

    /// <summary>Finds a batch of the sandbox.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task<Batch> GetAsync(SandboxScope scope, string batchId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Stores one file of an open batch; the same path again replaces it. When this returns the bytes are on disk: a kill does not lose
    /// them.
    /// </summary>
    /// <param name="scope">The sandbox.</param>
    /// <param name="batchId">An open batch.</param>
    /// <param name="datasetId">Must be the batch's.</param>
    /// <param name="path">As the client sent it, decoded; see <see cref="UploadPath"/>.</param>
    /// <param name="content">Read to its end.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <exception cref="RequestRefusedException">400 bad path, 404 unknown batch, 409 not open any more, too many files.</exception>
    public async Task<Upload> UploadAsync(SandboxScope scope, string batchId, string datasetId, string path, Stream content,
        CancellationToken cancellationToken)
    {
        string normalized = UploadPath.Normalize(path);
        await RequireOpenAsync(scope, batchId, datasetId, cancellationToken).ConfigureAwait(false);
        string staging = folder.Staging(scope.SandboxId, batchId);
        folder.Files.CreateFolder(staging);
        var arrived = new Upload { BatchId = batchId, Path = normalized, StoredAs = Guid.NewGuid().ToString("N") };
        string file = Path.Combine(staging, arrived.StoredAs);
        string? replaced;
        try
        {
            arrived.Bytes = await StagedFile.WriteAsync(file, content, folder.Files, cancellationToken).ConfigureAwait(false);
            replaced = await AddAsync(scope, arrived, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (File.Exists(file)) File.Delete(file);
            // An abort takes the folder away under a file that is being written: then that is what the client must hear.
            if (exception is IOException) await RequireOpenAsync(scope, batchId, datasetId, cancellationToken).ConfigureAwait(false);
            throw;
        }

        if (replaced is not null) File.Delete(Path.Combine(staging, replaced));
        return arrived;
    }

    /// <summary>The files of an open batch, by path.</summary>
    public async Task<IReadOnlyList<Upload>> UploadsAsync(SandboxScope scope, string batchId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
        return await context.Uploads.AsNoTracking().Where(u => u.BatchId == batchId).OrderBy(u => u.Path)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes a batch and queues it. Idempotent: a batch that was closed before is left as it is.</summary>
    /// <exception cref="RequestRefusedException">404; 400 without files; 409 when aborted; 429 when the queue is full.</exception>
    public async Task CompleteAsync(SandboxScope scope, string batchId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        Batch batch = await FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
        if (batch.Status is BatchStatus.Loaded or BatchStatus.Staging or BatchStatus.Success or BatchStatus.Failed) return;
        RequireOpen(batch);
        if (!await context.Uploads.AnyAsync(u => u.BatchId == batchId, cancellationToken).ConfigureAwait(false))
            throw new RequestRefusedException(400, "batch.empty", $"Batch '{batchId}' has no files. Upload at least one before COMPLETE.");
        if (queue.IsFull(scope.SandboxId)) throw new RequestRefusedException(429, "batch.queue",
            "Too many batches wait in this sandbox. Try again later.");
        batch.Status = BatchStatus.Loaded;
        batch.UpdatedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        queue.Add(scope.SandboxId, batchId);
    }

    /// <summary>Gives an open batch up.</summary>
    /// <exception cref="RequestRefusedException">404; 409 when it was closed before.</exception>
    public async Task AbortAsync(SandboxScope scope, string batchId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        Batch batch = await FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
        if (batch.Status == BatchStatus.Aborted) return;
        RequireOpen(batch);
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        batch.Status = BatchStatus.Aborted;
        batch.UpdatedAt = now;
        batch.CompletedAt = now;
        await context.Uploads.Where(u => u.BatchId == batchId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        string staging = folder.Staging(scope.SandboxId, batchId);
        if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
    }

    /// <summary>Before the body is read: most requests that must be refused are, without their bytes.</summary>
    private async Task RequireOpenAsync(SandboxScope scope, string batchId, string datasetId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Batch batch = await FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
        if (batch.DatasetId != datasetId) throw new RequestRefusedException(404, "batch.dataset",
            $"Batch '{batchId}' does not belong to dataset '{datasetId}'.");
        RequireOpen(batch);
    }

    /// <summary>Notes a file of a batch that is still open now: it may have been closed while the bytes came.</summary>
    /// <returns>The stored name of the file that it takes the place of; null if there was none.</returns>
    private async Task<string?> AddAsync(SandboxScope scope, Upload arrived, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        RequireOpen(await FindAsync(context, scope, arrived.BatchId, cancellationToken).ConfigureAwait(false));
        Upload? upload = await context.Uploads
            .SingleOrDefaultAsync(u => u.BatchId == arrived.BatchId && u.Path == arrived.Path, cancellationToken).ConfigureAwait(false);
        string? replaced = upload?.StoredAs;
        if (upload is null)
        {
            if (await context.Uploads.CountAsync(u => u.BatchId == arrived.BatchId,
                cancellationToken).ConfigureAwait(false) >= MaximumFiles)
                throw new RequestRefusedException(400, "batch.files",
                    $"A batch holds at most {MaximumFiles} files. Complete it and open another.");
            context.Uploads.Add(arrived);
        }
        else
        {
            upload.StoredAs = arrived.StoredAs;
            upload.Bytes = arrived.Bytes;
        }

        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return replaced;
    }

    private static void RequireOpen(Batch batch)
    {
        if (batch.Status != BatchStatus.Loading)
            throw new RequestRefusedException(409, "batch.closed",
                $"Batch '{batch.Id}' is {batch.Status}: it takes no files and no actions any more. Open another batch.");
    }

    private static async Task<Batch> FindAsync(ControlPlaneContext context, SandboxScope scope, string batchId,
        CancellationToken cancellationToken) =>
        await context.Batches.SingleOrDefaultAsync(b => b.Id == batchId && b.SandboxId == scope.SandboxId,
            cancellationToken).ConfigureAwait(false)
        ?? throw new RequestRefusedException(404, "batch.unknown", $"There is no batch '{batchId}' in this sandbox.");
}
