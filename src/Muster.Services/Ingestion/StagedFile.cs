using Muster.Storage.Files;

namespace Muster.Services.Ingestion;

/// <summary>A file that a client uploads: on disk when the upload is acknowledged.</summary>
internal static class StagedFile
{
    /// <summary>
    /// Copies a stream into a new file and flushes file and folder to disk; on failure what is there of it is the caller's to delete.
    /// </summary>
    /// <returns>The number of bytes.</returns>
    public static async Task<long> WriteAsync(string path, Stream content, DurableFiles files, CancellationToken cancellationToken)
    {
        long length;
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16,
            FileOptions.Asynchronous))
        {
            await content.CopyToAsync(file, 1 << 16, cancellationToken).ConfigureAwait(false);
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
            files.Reach(StoreStep.UploadStaging);
            files.FlushFile(file);
            length = file.Length;
        }

        // A file whose name is not on disk is lost with the power.
        files.FlushFolder(Path.GetDirectoryName(path)!);
        return length;
    }
}
