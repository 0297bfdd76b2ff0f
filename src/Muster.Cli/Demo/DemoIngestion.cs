using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Cli.Commands;
using Muster.Cli.Http;
using Muster.Cli.Terminal;

namespace Muster.Cli.Demo;

/// <summary>Writes the shop's files and sends them through batch ingestion, as anybody would.</summary>
internal sealed class DemoIngestion(ShopOptions shop, MusterClient client, Steps steps, TimeProvider time)
{
    public async Task RunAsync(string folder, int eventsPerFile, CancellationToken cancellationToken)
    {
        var generator = new ShopGenerator(shop);
        string profiles = Path.Combine(folder, "profiles-0.jsonl");
        var events = new List<string>();
        await steps.RunAsync(Count("Make", shop.Customers, "customers", shop.Events), shop.Customers + shop.Events, report => Task.Run(() =>
        {
            generator.WriteProfiles(File.Create(profiles), made => report(made));
            generator.WriteEvents(number =>
            {
                events.Add(Path.Combine(folder, $"events-{number}.jsonl"));
                return File.Create(events[^1]);
            }, eventsPerFile, made => report(made));
            return true;
        }, cancellationToken));

        string profileDataset = await client.CreateProfileDatasetAsync("Shop customers", cancellationToken);
        string eventDataset = await client.CreateEventDatasetAsync("Shop events", cancellationToken);
        await SendAsync("Ingest customers", profileDataset, [profiles], cancellationToken);
        await SendAsync("Ingest events", eventDataset, events, cancellationToken);
    }

    private async Task SendAsync(string title, string dataset, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        JsonNode state = await steps.RunAsync(title, files.Count + 1, async report =>
        {
            string batch = await client.CreateBatchAsync(dataset, cancellationToken);
            foreach (string file in files)
            {
                await using (FileStream content = File.OpenRead(file))
                    await client.UploadAsync(batch, dataset, Path.GetFileName(file), content, cancellationToken);
                File.Delete(file);
                report(1);
            }
            await client.CompleteBatchAsync(batch, cancellationToken);
            return await client.WaitForBatchAsync(batch, time, cancellationToken);
        });
        if (state["status"]!.GetValue<string>() != "success")
            throw new CommandFailedException($"{title} ended as {state["status"]}: {state["errors"]?.ToJsonString()}");
    }

    private static string Count(string verb, int customers, string what, int events) =>
        string.Create(CultureInfo.InvariantCulture, $"{verb} {customers:N0} {what} and {events:N0} events");
}
