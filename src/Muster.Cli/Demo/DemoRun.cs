using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Muster.Cli.Commands;
using Muster.Cli.Http;
using Muster.Cli.Terminal;
using Muster.Server;
using Spectre.Console;

namespace Muster.Cli.Demo;

/// <summary>The demonstration, step by step. It starts the server in this process and then knows only its HTTP API.</summary>
internal sealed class DemoRun(ShopOptions shop, string url, IAnsiConsole console, TimeProvider time)
{
    private const string Organization = "MUSTER@AdobeOrg";
    private const string ClientId = "demo";
    private const int EventsPerFile = 100_000;

    private readonly Steps _steps = new(console);

    /// <summary>Runs everything; <paramref name="dataFolder"/> null means a temporary folder that is deleted at the end.</summary>
    public async Task RunAsync(string? dataFolder, bool keepsServing, CancellationToken cancellationToken)
    {
        if (dataFolder is not null && Directory.Exists(dataFolder) && Directory.EnumerateFileSystemEntries(dataFolder).Any())
            throw new CommandFailedException(
                $"The folder '{dataFolder}' is not empty: give a new one, or serve it as it is with 'muster serve --data {dataFolder}'.");
        string work = Directory.CreateTempSubdirectory("muster-demo-").FullName;
        string folder = dataFolder ?? Path.Combine(work, "data");
        try
        {
            string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            var options = new ServerOptions { DataFolder = folder, Urls = [url], Organization = Organization, ClientId = ClientId, ClientSecret = secret };
            await using WebApplication server = await ServerStart.StartAsync(options, cancellationToken);
            console.WriteLine($"Server at {server.Urls.First()}, data in {folder}");
            using var client = new MusterClient(new Uri(server.Urls.First()), new Credentials(Organization, ClientId, secret));
            await client.LoginAsync(cancellationToken);
            await TellAsync(client, work, cancellationToken);
            TellNextSteps(server.Urls.First(), secret, dataFolder, keepsServing);
            if (keepsServing) await server.WaitForShutdownAsync(cancellationToken);
            else await server.StopAsync(cancellationToken);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private async Task TellAsync(MusterClient client, string work, CancellationToken cancellationToken)
    {
        var ingestion = new DemoIngestion(shop, client, _steps, time);
        await ingestion.RunAsync(work, EventsPerFile, cancellationToken);

        var ids = new Dictionary<string, string>();
        foreach (DemoAudience audience in DemoAudience.All)
            ids[audience.Name] = await client.CreateSegmentAsync(audience.Name, audience.Resolve(ids), cancellationToken, audience.Description);

        JsonNode job = await _steps.RunAsync($"Evaluate {ids.Count} audiences", 100, async report =>
        {
            string id = await client.StartJobAsync(ids.Values, cancellationToken);
            double known = 0;
            return await client.WaitForJobAsync(id, time, cancellationToken, state =>
            {
                double progress = state["progress"]!.GetValue<double>();
                report((progress - known) * 100);
                known = progress;
            });
        });
        if (job["status"]!.GetValue<string>() != "SUCCEEDED")
            throw new CommandFailedException($"The segment job ended as {job["status"]}: {job["errors"]?.ToJsonString()}");
        DemoTables.ShowAudiences(console, job, ids);
        await DemoTables.ShowCustomerAsync(console, client, Customer.At(0), ids, cancellationToken);
        await ExportAsync(client, job, ids["US big spenders"], cancellationToken);
    }

    private async Task ExportAsync(MusterClient client, JsonNode job, string segment, CancellationToken cancellationToken)
    {
        long expected = job["metrics"]!["segmentedProfileCounter"]![segment]!.GetValue<long>();
        string dataset = await client.CreateUnionDatasetAsync("US big spenders", cancellationToken);
        JsonNode export = await _steps.RunAsync("Export 'US big spenders' to Parquet", 1, async _ =>
        {
            JsonNode started = await client.StartExportAsync(new JsonObject
            {
                ["fields"] = "identityMap,person.name.firstName,personalEmail.address,homeAddress.city",
                ["filter"] = new JsonObject { ["segments"] = new JsonArray(new JsonObject { ["segmentId"] = segment }), ["emptyProfiles"] = true },
                ["destination"] = new JsonObject { ["datasetId"] = dataset },
                ["schema"] = new JsonObject { ["name"] = "_xdm.context.profile" },
            }, cancellationToken);
            return await client.WaitForExportAsync(started["id"]!.GetValue<long>(), time, cancellationToken);
        });
        if (export["status"]!.GetValue<string>() != "SUCCEEDED")
            throw new CommandFailedException($"The export ended as {export["status"]}: {export["errors"]?.ToJsonString()}");

        long bytes = 0, records = 0;
        IReadOnlyList<LakeFile> files = await client.GetBatchFilesAsync(export["destination"]!["batchId"]!.GetValue<string>(), cancellationToken);
        foreach (LakeFile file in files)
        {
            byte[] content = await client.DownloadAsync(file, cancellationToken);
            if (content.Length != file.Length || !content.AsSpan(0, 4).SequenceEqual("PAR1"u8) || !content.AsSpan(^4..).SequenceEqual("PAR1"u8))
                throw new CommandFailedException($"The file {file.Name} is not the Parquet file of {file.Length} bytes that Data Access announced.");
            bytes += content.Length;
            records += file.Records;
        }
        if (records != expected) throw new CommandFailedException($"The export holds {records} records, the audience {expected} customers.");
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Read back through Data Access: {files.Count} file(s), {records:N0} records, {bytes:N0} bytes of Parquet."));
    }

    private void TellNextSteps(string server, string secret, string? dataFolder, bool keepsServing)
    {
        console.WriteLine();
        console.WriteLine("What next:");
        if (keepsServing)
            console.WriteLine($"  The server stays up at {server} until Ctrl+C: client id {ClientId}, client secret {secret}, organization {Organization}, sandbox prod.");
        else if (dataFolder is not null)
            console.WriteLine($"  Serve this shop again:   MUSTER_CLIENT_ID={ClientId} MUSTER_CLIENT_SECRET=a-secret-of-yours muster serve --data {dataFolder}");
        else
            console.WriteLine("  Keep the shop and talk to it:   muster demo --serve --data ./shop");
        console.WriteLine("  Follow the tutorial with curl:  README.md");
        console.WriteLine("  Evaluate PQL over your files:   muster evaluate --help");
    }
}
