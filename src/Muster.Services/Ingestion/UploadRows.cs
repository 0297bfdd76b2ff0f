using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Ingestion;

/// <summary>The rows of the files of open batches, inside a transaction of their caller.</summary>
internal static class UploadRows
{
    /// <summary>A file of a batch.</summary>
    /// <exception cref="RequestRefusedException">404.</exception>
    public static async Task<Upload> FindAsync(ControlPlaneContext context, string batchId, string path, CancellationToken cancellationToken) =>
        await context.Uploads.SingleOrDefaultAsync(u => u.BatchId == batchId && u.Path == path, cancellationToken).ConfigureAwait(false)
        ?? throw new RequestRefusedException(404, "batch.file",
            $"The batch '{batchId}' has no file '{path}'. A large file is begun with action=INITIALIZE.");

    /// <summary>The parts of a file by place.</summary>
    public static Task<List<UploadPart>> PartsAsync(
        ControlPlaneContext context, string batchId, string path, CancellationToken cancellationToken) =>
        context.UploadParts.Where(p => p.BatchId == batchId && p.Path == path).OrderBy(p => p.First).ToListAsync(cancellationToken);

    /// <summary>Notes a file, in the place of what its path named before.</summary>
    /// <returns>The stored names that nothing refers to any more.</returns>
    /// <exception cref="RequestRefusedException">400: the batch has as many files as it may.</exception>
    public static async Task<IReadOnlyList<string>> PutAsync(ControlPlaneContext context, Upload arrived, CancellationToken cancellationToken)
    {
        List<UploadPart> parts = await PartsAsync(context, arrived.BatchId, arrived.Path, cancellationToken).ConfigureAwait(false);
        context.UploadParts.RemoveRange(parts);
        var replaced = parts.ConvertAll(p => p.StoredAs);
        Upload? upload = await context.Uploads
            .SingleOrDefaultAsync(u => u.BatchId == arrived.BatchId && u.Path == arrived.Path, cancellationToken).ConfigureAwait(false);
        if (upload is null)
        {
            if (await context.Uploads.CountAsync(u => u.BatchId == arrived.BatchId, cancellationToken).ConfigureAwait(false)
                >= BatchService.MaximumFiles)
                throw new RequestRefusedException(400, "batch.files",
                    $"A batch holds at most {BatchService.MaximumFiles} files. Complete it and open another.");
            context.Uploads.Add(arrived);
            return replaced;
        }

        if (upload.StoredAs.Length > 0) replaced.Add(upload.StoredAs);
        upload.StoredAs = arrived.StoredAs;
        upload.Bytes = arrived.Bytes;
        upload.IsOpen = arrived.IsOpen;
        return replaced;
    }

    /// <summary>Forgets the files of a batch that is closed for good.</summary>
    public static async Task RemoveAsync(ControlPlaneContext context, string batchId, CancellationToken cancellationToken)
    {
        await context.Uploads.Where(u => u.BatchId == batchId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await context.UploadParts.Where(p => p.BatchId == batchId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
    }
}
