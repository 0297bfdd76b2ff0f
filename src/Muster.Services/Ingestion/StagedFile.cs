using Muster.Storage.Files;

namespace Muster.Services.Ingestion;

/// <summary>A file that a client uploads: on disk when the upload is acknowledged.</summary>
internal static class StagedFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>
    /// Copies a stream into a new file and flushes file and folder to disk; on failure what is there of it is the caller's to delete.
    /// </summary>
    /// <returns>The number of bytes.</returns>
    public static async Task<long> WriteAsync(string path, Stream content, DurableFiles files, CancellationToken cancellationToken)
    {
        long length;
        await using (FileStream file = Create(path))
        {
            await content.CopyToAsync(file, BufferBytes, cancellationToken).ConfigureAwait(false);
            length = await FlushAsync(file, files, cancellationToken).ConfigureAwait(false);
        }

        // A file whose name is not on disk is lost with the power.
        files.FlushFolder(Path.GetDirectoryName(path)!);
        return length;
    }

    /// <summary>The same, of files one after the other.</summary>
    public static async Task<long> JoinAsync(string path, IEnumerable<string> parts, DurableFiles files, CancellationToken cancellationToken)
    {
        long length;
        await using (FileStream file = Create(path))
        {
            foreach (string part in parts)
            {
                await using var content = new FileStream(part, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous);
                await content.CopyToAsync(file, BufferBytes, cancellationToken).ConfigureAwait(false);
            }

            length = await FlushAsync(file, files, cancellationToken).ConfigureAwait(false);
        }

        files.FlushFolder(Path.GetDirectoryName(path)!);
        return length;
    }

    /// <summary>Deletes a file that nothing refers to any more; its folder may have gone with its batch.</summary>
    public static void Delete(string path)
    {
        if (File.Exists(path)) File.Delete(path);
    }

    private static FileStream Create(string path) =>
        new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes, FileOptions.Asynchronous);

    private static async Task<long> FlushAsync(FileStream file, DurableFiles files, CancellationToken cancellationToken)
    {
        await file.FlushAsync(cancellationToken).ConfigureAwait(false);
        files.Reach(StoreStep.UploadStaging);
        files.FlushFile(file);
        return file.Length;
    }
}
