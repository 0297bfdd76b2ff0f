using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Muster.Services.Tenancy;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.Lake;

namespace Muster.Services.Ingestion;

/// <summary>The life of ingested batches as clients drive it: open, upload, complete, abort, fail or revert. Thread-safe.</summary>
public sealed class BatchService(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, BatchQueue queue, TimeProvider time)
{
    /// <summary>The most files of one batch.</summary>
    public const int MaximumFiles = 10_000;

    private static readonly LoadError FailedByClient = new("INGEST-1002-400", "The client marked the batch as failed.", 0, []);

    /// <summary>Opens a batch.</summary>
    /// <exception cref="RequestRefusedException">
    /// 400: unknown dataset or format, a share outside 0 to 100, CSV options or a mapping that cannot be, predecessors that are unknown.
    /// </exception>
    public async Task<Batch> CreateAsync(SandboxScope scope, NewBatch request, CancellationToken cancellationToken)
    {
        string format = request.Format.ToLowerInvariant();
        if (format is not ("json" or "parquet" or "csv"))
            throw new RequestRefusedException(400, "batch.format",
                $"The input format '{request.Format}' is not supported. Use 'json', 'parquet' or 'csv'.");
        CsvInput.Check(format, request);
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
            InputOptions = request.CsvOptions?.ToJsonString() ?? "{}",
            Mapping = request.Mapping?.ToJsonString(),
            Replay = request.Replay?.Cleaned().ToJson(),
            CreatedClient = request.Client,
            CreatedAt = now.ToUnixTimeMilliseconds(),
            UpdatedAt = now.ToUnixTimeMilliseconds(),
        };
        if (request.Replay is { } replay) await replay.Cleaned().CheckAsync(context, batch, cancellationToken).ConfigureAwait(false);
        context.Batches.Add(batch);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return batch;
    }

    /// <summary>Finds a batch of the sandbox.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task<Batch> GetAsync(SandboxScope scope, string batchId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await OpenBatches.FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
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
        IReadOnlyList<string> replaced;
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

        foreach (string name in replaced) StagedFile.Delete(Path.Combine(staging, name));
        return arrived;
    }

    /// <summary>What there is of a file of a batch: its size, or the bytes of a large one that arrived without a gap.</summary>
    /// <exception cref="RequestRefusedException">400 bad path; 404: unknown batch or file.</exception>
    public async Task<StoredUpload> FindFileAsync(
        SandboxScope scope, string batchId, string datasetId, string path, CancellationToken cancellationToken)
    {
        string normalized = UploadPath.Normalize(path);
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Batch batch = await OpenBatches.FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
        OpenBatches.RequireDataset(batch, datasetId);
        if (InputFileList.Find(batch, normalized) is { } processed) return new StoredUpload(processed.SizeInBytes, IsComplete: true);
        Upload upload = await UploadRows.FindAsync(context, batchId, normalized, cancellationToken).ConfigureAwait(false);
        if (!upload.IsOpen) return new StoredUpload(upload.Bytes, IsComplete: true);
        return new StoredUpload(
            PartCoverage.Contiguous(await UploadRows.PartsAsync(context, batchId, normalized, cancellationToken).ConfigureAwait(false)),
            IsComplete: false);
    }

    /// <summary>Closes a batch and queues it. Idempotent: a batch that was closed before is left as it is.</summary>
    /// <exception cref="RequestRefusedException">404; 400 without files; 409 when aborted; 429 when the queue is full.</exception>
    public async Task CompleteAsync(SandboxScope scope, string batchId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        Batch batch = await OpenBatches.FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
        if (batch.Status is BatchStatus.Loaded or BatchStatus.Staging or BatchStatus.Success or BatchStatus.Failed or BatchStatus.Inactive)
            return;
        OpenBatches.Require(batch);
        if (!await context.Uploads.AnyAsync(u => u.BatchId == batchId, cancellationToken).ConfigureAwait(false))
            throw new RequestRefusedException(400, "batch.empty", $"Batch '{batchId}' has no files. Upload at least one before COMPLETE.");
        if (await context.Uploads.Where(u => u.BatchId == batchId && u.IsOpen).Select(u => u.Path)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) is { } open)
            throw new RequestRefusedException(400, "batch.openFile",
                $"The file '{open}' of batch '{batchId}' is not complete. Complete it with POST {open}?action=COMPLETE, or send it anew.");
        if (queue.IsFull(scope.SandboxId)) throw new RequestRefusedException(429, "batch.queue",
            "Too many batches wait in this sandbox. Try again later.");
        batch.Status = BatchStatus.Loaded;
        batch.Touch(time.GetUtcNow().ToUnixTimeMilliseconds());
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        queue.Add(scope.SandboxId, batchId);
    }

    /// <summary>Gives an open batch up.</summary>
    /// <exception cref="RequestRefusedException">404; 409 when it was closed before.</exception>
    public Task AbortAsync(SandboxScope scope, string batchId, CancellationToken cancellationToken) =>
        EndAsync(scope, batchId, BatchStatus.Aborted, "[]", cancellationToken);

    /// <summary>Marks an open batch as failed: its sender knows that its data is no good.</summary>
    /// <exception cref="RequestRefusedException">404; 409 when it was closed before.</exception>
    public Task FailAsync(SandboxScope scope, string batchId, CancellationToken cancellationToken) =>
        EndAsync(scope, batchId, BatchStatus.Failed, BatchErrors.ToJson([FailedByClient]), cancellationToken);

    /// <summary>
    /// Takes a batch that counts out again. What it brought stops counting a little later, when the batch becomes inactive; a restart in between
    /// changes nothing. A batch that is inactive is left as it is.
    /// </summary>
    /// <exception cref="RequestRefusedException">404; 409: it never counted, or does not yet.</exception>
    public async Task RevertAsync(SandboxScope scope, string batchId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        Batch batch = await OpenBatches.FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
        if (batch.Status == BatchStatus.Inactive) return;
        if (batch.Status != BatchStatus.Success)
            throw new RequestRefusedException(409, "batch.notActive",
                $"Batch '{batchId}' is {batch.Status}: only a batch that succeeded can be reverted. Use ABORT for one that is open.");
        if (batch.RevertAskedAt is null)
        {
            batch.Touch(time.GetUtcNow().ToUnixTimeMilliseconds());
            batch.RevertAskedAt = batch.UpdatedAt;
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        queue.AddRevert(scope.SandboxId, batchId);
    }

    private async Task EndAsync(
        SandboxScope scope, string batchId, string status, string errors, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        Batch batch = await OpenBatches.FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
        if (batch.Status == status) return;
        OpenBatches.Require(batch);
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        batch.Status = status;
        batch.Errors = errors;
        batch.CompletedAt = now;
        batch.Touch(now);
        await UploadRows.RemoveAsync(context, batchId, cancellationToken).ConfigureAwait(false);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        string staging = folder.Staging(scope.SandboxId, batchId);
        if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
    }

    /// <summary>Before the body is read: most requests that must be refused are, without their bytes.</summary>
    private async Task RequireOpenAsync(SandboxScope scope, string batchId, string datasetId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await OpenBatches.RequireAsync(context, scope, batchId, datasetId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes a file of a batch that is still open now: it may have been closed while the bytes came.</summary>
    /// <returns>The stored names that it takes the place of.</returns>
    private async Task<IReadOnlyList<string>> AddAsync(SandboxScope scope, Upload arrived, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        OpenBatches.Require(await OpenBatches.FindAsync(context, scope, arrived.BatchId, cancellationToken).ConfigureAwait(false));
        IReadOnlyList<string> replaced = await UploadRows.PutAsync(context, arrived, cancellationToken).ConfigureAwait(false);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return replaced;
    }
}
