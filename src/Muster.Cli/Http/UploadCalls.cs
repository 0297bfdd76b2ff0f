using System.Net.Http.Headers;

namespace Muster.Cli.Http;

/// <summary>Sends files to an open batch, large ones in parts.</summary>
internal static class UploadCalls
{
    /// <summary>Sends a file.</summary>
    /// <param name="client">Logged in.</param>
    /// <param name="batch">Open.</param>
    /// <param name="dataset">The batch's.</param>
    /// <param name="path">On this machine.</param>
    /// <param name="name">Its name in the batch; may have folders.</param>
    /// <param name="partBytes">A file that is larger goes in parts of this size.</param>
    /// <param name="report">Told the bytes that were sent since it was last told.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task SendFileAsync(
        this MusterClient client, string batch, string dataset, string path, string name, long partBytes, Action<long> report,
        CancellationToken cancellationToken)
    {
        string target = $"/data/foundation/import/batches/{batch}/datasets/{dataset}/files/"
            + string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
        if (file.Length <= partBytes)
        {
            using HttpContent content = Content(file, file.Length, report);
            await client.SendAsync(HttpMethod.Put, target, content, cancellationToken);
            return;
        }

        await client.SendAsync(HttpMethod.Post, target + "?action=INITIALIZE", null, cancellationToken);
        long total = file.Length;
        for (long first = 0; first < total; first += partBytes)
        {
            long length = Math.Min(partBytes, total - first);
            using HttpContent content = Content(file, length, report);
            content.Headers.ContentRange = new ContentRangeHeaderValue(first, first + length - 1, total);
            await client.SendAsync(HttpMethod.Patch, target, content, cancellationToken);
        }

        await client.SendAsync(HttpMethod.Post, target + "?action=COMPLETE", null, cancellationToken);
    }

    private static StreamContent Content(Stream source, long length, Action<long> report)
    {
        var content = new StreamContent(new PartStream(source, length, report), 1 << 16);
        content.Headers.ContentLength = length;
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return content;
    }
}
