using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Cli.Http;
using Muster.Cli.Terminal;
using Spectre.Console;

namespace Muster.Cli.Ingest;

/// <summary>Finds or makes the dataset, sends the files as one batch, and waits until the server has read them.</summary>
internal sealed class IngestRun(MusterClient client, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Larger files go in parts of this size: a broken connection then costs a part, not the file.</summary>
    private const long PartBytes = 64 << 20;

    private readonly Steps _steps = new(console);

    public async Task<IngestResult> RunAsync(IngestRequest request, CancellationToken cancellationToken)
    {
        (string dataset, bool isNew) = await client.FindOrCreateDatasetAsync(request.Dataset, request.IsEvents, cancellationToken);
        long start = time.GetTimestamp();
        string batch = await client.OpenBatchAsync(request.ToBatch(dataset), cancellationToken);
        long bytes = request.Files.Sum(file => new FileInfo(file).Length);
        try
        {
            await _steps.RunAsync($"Send {request.Files.Count} file(s), {Megabytes(bytes)}", Math.Max(2, bytes), async report =>
            {
                foreach ((string path, string name) in Names(request.Files))
                    await client.SendFileAsync(batch, dataset, path, name, PartBytes, sent => report(sent), cancellationToken);
                return true;
            });
            await client.CompleteBatchAsync(batch, cancellationToken);
        }
        catch
        {
            await AbandonAsync(batch);
            throw;
        }

        JsonNode state = await _steps.RunAsync("Load", 1, _ => client.WaitForBatchAsync(batch, time, cancellationToken));
        return new IngestResult(dataset, isNew, batch, state, request.Files.Count, bytes, time.GetElapsedTime(start));
    }

    /// <summary>File names are what error messages name; those that are the same get a number before them.</summary>
    private static IEnumerable<(string Path, string Name)> Names(IReadOnlyList<string> files)
    {
        HashSet<string> taken = new(StringComparer.Ordinal);
        for (int i = 0; i < files.Count; i++)
        {
            string name = Path.GetFileName(files[i]);
            yield return (files[i], taken.Add(name) ? name : string.Create(CultureInfo.InvariantCulture, $"{i + 1}/{name}"));
        }
    }

    /// <summary>A batch that nobody will complete must not stay open. Best effort: what went wrong before is what the caller hears.</summary>
    private async Task AbandonAsync(string batch)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
            await client.AbortBatchAsync(batch, patience.Token);
        }
        catch (Exception fault) when (fault is HttpRequestException or ApiRefusedException or OperationCanceledException)
        {
            console.WriteLine($"The batch {batch} stays open; abort it with POST /data/foundation/import/batches/{batch}?action=ABORT.");
        }
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N1} MB");
}
