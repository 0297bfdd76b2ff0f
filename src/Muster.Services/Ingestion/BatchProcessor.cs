using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Pql.Types;
using Muster.Services.Catalog;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;
using Muster.Storage.Schemas;

namespace Muster.Services.Ingestion;

/// <summary>
/// Turns a closed batch into immutable lake files and new profiles, and commits both with the batch's status in one transaction. Until then
/// nothing of it is visible; interrupted at any point it starts again from the uploads, with the same result.
/// </summary>
public sealed class BatchProcessor(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, SandboxStores stores, RecordLoader loader, TimeProvider time,
        ILogger<BatchProcessor> logger)
{
    /// <summary>How long a batch waits that met a full disk, or another fault of the machine.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Processes one batch that is loaded (or was interrupted while staging); any other is left alone. While the machine fails, the batch and
    /// all behind it wait: it was accepted, and a later one must not overtake it.
    /// </summary>
    public async Task ProcessAsync(string sandboxId, string batchId, CancellationToken cancellationToken)
    {
        while (!await TryProcessAsync(sandboxId, batchId, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await Task.Delay(RetryInterval, time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <returns>False if the same may succeed later.</returns>
    private async Task<bool> TryProcessAsync(string sandboxId, string batchId, CancellationToken cancellationToken)
    {
        try
        {
            while (!await LoadAndApplyAsync(sandboxId, batchId, cancellationToken).ConfigureAwait(false))
            {
                // The owner of the dataset declared another schema meanwhile: the batch is read again by that.
            }
        }
#pragma warning disable CA1031 // A batch must reach a final status whatever breaks; the reason goes to the log, not to the client.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The process is stopping, which any statement may show in its own way: the row still says staging, and the next start takes it
            // up.
        }
        catch (Exception exception) when (exception is StoreUnusableException || StorageFault.IsOfTheMachine(exception))
        {
            logger.LogError(exception, "Batch {Batch} waits: {Reason}. It is tried again every {Seconds} seconds", batchId, exception.Message, RetryInterval.TotalSeconds);
            return false;
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Batch {Batch} failed", batchId);
            const string reason =
                "The batch could not be processed because of an error of the server. See the server's log, then send the data again.";
            var error = new LoadError("INGEST-1000-500", reason, 0, []);
            await FailAsync(sandboxId, batchId, [error], null, cancellationToken).ConfigureAwait(false);
        }
#pragma warning restore CA1031
        return true;
    }

    /// <returns>False if nothing was committed, since the declared schema is another one by now.</returns>
    private async Task<bool> LoadAndApplyAsync(string sandboxId, string batchId, CancellationToken cancellationToken)
    {
        (Batch batch, Dataset dataset, List<Upload> uploads)? work =
            await StartAsync(sandboxId, batchId, cancellationToken).ConfigureAwait(false);
        if (work is not { } started) return true;
        (Batch batch, Dataset dataset, List<Upload> uploads) = started;
        // Before any scratch is made: opening a sandbox empties its scratch folder.
        SandboxStore store = await stores.GetAsync(sandboxId).ConfigureAwait(false);
        string lake = folder.Lake(sandboxId, dataset.Id, batchId);
        BatchRemoval.DeleteFolder(lake);
        string staging = folder.Staging(sandboxId, batchId);
        (CsvFormat csv, RecordMapping? mapping) = CsvInput.Of(batch);
        var request = new LoadRequest(
            [.. uploads.Select(u => new InputFile(u.Path, Path.Combine(staging, u.StoredAs)))],
            FormatOf(batch), BehaviorOf(dataset), dataset.SchemaDeclared ? SchemaOf(dataset) : null,
            RequireEventFields: true, AllowMissingIdentity: false, batch.PartialIngestionPercentage / 100, lake,
                folder.NewSpill(sandboxId), dataset.SchemaDeclared ? null : SchemaOf(dataset), csv, mapping);
        LoadResult loaded;
        try
        {
            loaded = await loader.LoadAsync(request, null, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            BatchRemoval.DeleteFolder(request.SpillFolder);
        }

        string? failedRecords = KeepFailedRecords(sandboxId, batchId, loaded.FailedRecordsPath);
        if (!loaded.Succeeded)
        {
            await FailAsync(sandboxId, batchId, loaded.Errors, failedRecords, cancellationToken, loaded).ConfigureAwait(false);
            return true;
        }

        BatchFile[] files = loaded.Files.Select(f =>
            new BatchFile(Path.GetFileName(f.Path), folder.Relative(sandboxId, f.Path), f.Bytes, f.Rows, f.Sha256)).ToArray();
        if (!await CommitAsync(store, sandboxId, batch, dataset, loaded, files, failedRecords, cancellationToken).ConfigureAwait(false)) return false;
        BatchRemoval.DeleteFolder(staging);
        return true;
    }

    /// <returns>False if the declared schema is not the one that the batch was read by.</returns>
    private async Task<bool> CommitAsync(
        SandboxStore store, string sandboxId, Batch batch, Dataset dataset, LoadResult loaded, BatchFile[] files, string? failedRecords,
        CancellationToken cancellationToken)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        // A dataset that is switched off for profiles still lands in the lake; the store then applies a batch without files.
        string[] applied = ProfileEnablement.IsEnabled(dataset.Body) ? files.Select(f => f.Path).ToArray() : [];
        var lakeBatch = new LakeBatch(dataset.Id, batch.Id, store.NextBatchSequence, store.NextIngestionTime(now), BehaviorOf(dataset), loaded.Schema, applied);
        string[] replaced = await ReplacedAsync(batch, cancellationToken).ConfigureAwait(false);
        var change = new StoreChange { Added = [lakeBatch], RemovedBatches = replaced.ToHashSet(StringComparer.Ordinal) };
        PreparedApply prepared = await store.PrepareAsync(change, null, cancellationToken).ConfigureAwait(false);
        // What an undeclared dataset is found to hold, with this batch, is part of what happened.
        string? found = !dataset.SchemaDeclared && SchemaText.Write(loaded.Schema) is var whole && whole != dataset.SchemaText ? whole : null;
        bool isOutdated = false;
        var payload = new { batchId = batch.Id, datasetId = dataset.Id, files, replaced, schema = found };
        bool committed = await store.CommitAsync(prepared, JournalKinds.BatchCommitted, payload, async (context, number) =>
        {
            Batch row = await context.Batches.SingleAsync(b => b.Id == batch.Id, cancellationToken).ConfigureAwait(false);
            if (row.Status != BatchStatus.Staging) return false;
            Dataset target = await context.Datasets.SingleAsync(d => d.Id == dataset.Id, cancellationToken).ConfigureAwait(false);
            isOutdated = target.SchemaDeclared != dataset.SchemaDeclared || (target.SchemaDeclared && target.SchemaText != dataset.SchemaText);
            if (isOutdated) return false;
            foreach (Batch old in await context.Batches.Where(b => replaced.Contains(b.Id)).ToListAsync(cancellationToken).ConfigureAwait(false))
                Succeed(old, batch.Id, now);
            Finish(row, BatchStatus.Success, loaded.Errors, failedRecords, loaded);
            row.Sequence = number;
            row.Files = JsonSerializer.Serialize(files);
            row.OutputBytes = files.Sum(f => f.Bytes);
            row.OutputRecords = loaded.OutputRecords;
            await UploadRows.RemoveAsync(context, batch.Id, cancellationToken).ConfigureAwait(false);
            target.SchemaText = found ?? target.SchemaText;
            target.Behavior ??= dataset.Behavior;
            target.LastBatchId = batch.Id;
            target.LastBatchStatus = BatchStatus.Success;
            target.UpdatedAt = row.UpdatedAt;
            return true;
        }, cancellationToken).ConfigureAwait(false);
        if (!committed) BatchRemoval.DeleteFolder(folder.Lake(sandboxId, dataset.Id, batch.Id));
        else foreach (string old in replaced) BatchRemoval.DeleteFolder(folder.Lake(sandboxId, dataset.Id, old));
        return !isOutdated;
    }

    /// <summary>The batches that count and that this one takes the place of.</summary>
    private async Task<string[]> ReplacedAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (BatchReplay.Parse(batch.Replay) is not { } replay) return [];
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        List<Batch> found = await replay.FindAsync(context, batch, cancellationToken).ConfigureAwait(false);
        return [.. found.Where(b => b.Status == BatchStatus.Success).Select(b => b.Id)];
    }

    private static void Succeed(Batch old, string successor, long now)
    {
        BatchRemoval.Retire(old, now);
        JsonObject tags = JsonNode.Parse(old.Tags)!.AsObject();
        tags["acp_successor"] = new JsonArray(successor);
        old.Tags = tags.ToJsonString();
    }

    private async Task<(Batch, Dataset, List<Upload>)?> StartAsync(string sandboxId, string batchId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Batch? batch = await context.Batches.SingleOrDefaultAsync(b => b.Id == batchId && b.SandboxId == sandboxId,
            cancellationToken).ConfigureAwait(false);
        if (batch is null || batch.Status is not (BatchStatus.Loaded or BatchStatus.Staging)) return null;
        Dataset? dataset = await context.Datasets.SingleOrDefaultAsync(d => d.Id == batch.DatasetId,
            cancellationToken).ConfigureAwait(false);
        if (dataset is null)
        {
            await FailAsync(sandboxId, batchId,
                [new LoadError("INGEST-1001-400", "The dataset was deleted before the batch was processed.", 0, [])], null,
                cancellationToken).ConfigureAwait(false);
            return null;
        }

        List<Upload> uploads = await context.Uploads.AsNoTracking().Where(u => u.BatchId == batchId).OrderBy(u => u.Path)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        batch.Status = BatchStatus.Staging;
        batch.Touch(time.GetUtcNow().ToUnixTimeMilliseconds());
        batch.StartedAt = batch.UpdatedAt;
        batch.InputBytes = uploads.Sum(u => u.Bytes);
        batch.InputFiles = InputFileList.Note(uploads);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        // What failed or reverted batches had binds nobody.
        if (!dataset.SchemaDeclared && !await DatasetBody.HoldsDataAsync(context, dataset.Id, cancellationToken).ConfigureAwait(false))
            dataset.SchemaText = null;
        dataset.Behavior ??= await BehaviorDetection.DetectAsync(batch, uploads.Select(u =>
            Path.Combine(folder.Staging(sandboxId, batchId), u.StoredAs)), cancellationToken).ConfigureAwait(false);
        return (batch, dataset, uploads);
    }

    private async Task FailAsync(
        string sandboxId, string batchId, IReadOnlyList<LoadError> errors, string? failedRecords, CancellationToken cancellationToken,
            LoadResult? loaded = null)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Batch? row = await context.Batches.SingleOrDefaultAsync(b => b.Id == batchId, cancellationToken).ConfigureAwait(false);
        // Only what is being processed can fail: whatever else the row says was decided elsewhere and stands.
        if (row is null || row.Status is not (BatchStatus.Loaded or BatchStatus.Staging)) return;
        Finish(row, BatchStatus.Failed, errors, failedRecords, loaded);
        await UploadRows.RemoveAsync(context, batchId, cancellationToken).ConfigureAwait(false);
        if (await context.Datasets.SingleOrDefaultAsync(d => d.Id == row.DatasetId, cancellationToken).ConfigureAwait(false) is { } dataset)
        {
            dataset.LastBatchId = batchId;
            dataset.LastBatchStatus = BatchStatus.Failed;
        }

        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        BatchRemoval.DeleteFolder(folder.Lake(sandboxId, row.DatasetId, batchId));
        BatchRemoval.DeleteFolder(folder.Staging(sandboxId, batchId));
    }

    private void Finish(Batch row, string status, IReadOnlyList<LoadError> errors, string? failedRecords, LoadResult? loaded)
    {
        row.Status = status;
        row.Touch(time.GetUtcNow().ToUnixTimeMilliseconds());
        row.CompletedAt = row.UpdatedAt;
        row.Errors = BatchErrors.ToJson(errors);
        row.FailedRecordsPath = failedRecords;
        row.InputRecords = loaded?.InputRecords ?? 0;
        row.FailedRecords = loaded?.FailedRecords ?? 0;
    }

    private string? KeepFailedRecords(string sandboxId, string batchId, string? path)
    {
        if (path is null) return null;
        string target = Path.Combine(folder.Failed(sandboxId, batchId), "row_errors.json");
        string parent = Path.GetDirectoryName(target)!;
        folder.Files.CreateFolder(parent);
        folder.Files.Rename(path, target);
        folder.Files.FlushFolder(parent);
        return folder.Relative(sandboxId, target);
    }

    internal static InputFormat FormatOf(Batch batch) => batch.Format switch
    {
        "parquet" => InputFormat.Parquet,
        "csv" => InputFormat.Csv,
        _ => batch.IsMultiLineJson ? InputFormat.JsonArray : InputFormat.JsonLines,
    };

    private static DataType? SchemaOf(Dataset dataset) => dataset.SchemaText is { } text ? SchemaText.Parse(text) : null;

    private static DatasetBehavior BehaviorOf(Dataset dataset) => dataset.Behavior == "time-series" ? DatasetBehavior.TimeSeries
        : DatasetBehavior.Record;
}
