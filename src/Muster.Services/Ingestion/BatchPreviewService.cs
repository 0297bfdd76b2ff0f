using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Muster.Services.Tenancy;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.Lake;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Ingestion;

/// <summary>Shows the first records of a batch: of its uploads as long as they are there, then of what landed.</summary>
public sealed class BatchPreviewService(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, SandboxStores stores, UploadPreview preview)
{
    /// <summary>The most rows of an answer.</summary>
    public const int MaximumRows = 1000;

    /// <summary>Reads the first records.</summary>
    /// <exception cref="RequestRefusedException">404: unknown; 400: a file cannot be read.</exception>
    public async Task<PreviewTable> ReadAsync(
        SandboxScope scope, string batchId, string datasetId, PreviewRequest request, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        Batch batch = await OpenBatches.FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
        OpenBatches.RequireDataset(batch, datasetId);
        List<Upload> uploads = await context.Uploads.AsNoTracking().Where(u => u.BatchId == batchId && !u.IsOpen).OrderBy(u => u.Path)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        string staging = folder.Staging(scope.SandboxId, batchId);
        InputFile[] files = [.. uploads.Select(u => new InputFile(u.Path, Path.Combine(staging, u.StoredAs)))];
        InputFormat format = request.Format;
        if (files.Length == 0 && batch.Status == BatchStatus.Success)
        {
            files = [.. JsonSerializer.Deserialize<BatchFile[]>(batch.Files)!
                .Select(f => new InputFile(f.Name, folder.Absolute(scope.SandboxId, f.Path)))];
            format = InputFormat.Parquet;
        }

        // Before any scratch is made: opening a sandbox empties its scratch folder.
        await stores.GetAsync(scope.SandboxId).ConfigureAwait(false);
        string spill = folder.NewSpill(scope.SandboxId);
        Directory.CreateDirectory(spill);
        try
        {
            return await Task.Run(() => preview.Read(files, format, request.Csv, request.Rows, spill), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RequestRefusedException(400, "batch.preview", "A file of the batch cannot be read as the format that the preview names.");
        }
        finally
        {
            Directory.Delete(spill, recursive: true);
        }
    }

    /// <summary>The format that a batch was opened with.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public async Task<Batch> BatchAsync(SandboxScope scope, string batchId, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await OpenBatches.FindAsync(context, scope, batchId, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>How files are to be read for a preview.</summary>
/// <param name="Format">What they are.</param>
/// <param name="Csv">How CSV is written.</param>
/// <param name="Rows">How many records, at most <see cref="BatchPreviewService.MaximumRows"/>.</param>
public sealed record PreviewRequest(InputFormat Format, CsvFormat Csv, int Rows);
