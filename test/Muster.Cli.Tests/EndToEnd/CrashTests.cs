using System.Text;
using System.Text.Json.Nodes;
using Muster.Cli.Http;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>SIGKILL at bad moments: what was acknowledged is there afterwards, nothing counts twice, and work goes on by itself.</summary>
public sealed class CrashTests
{
    // Enough that ingestion, a job and an export each last much longer than it takes to see them run and to kill.
    private const int Customers = 20_000;
    private const int EventsEach = 5;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_DuringIngestion_AcknowledgedBatchesCountOnce()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        string[] batches;
        string events;
        using (MusterClient client = await server.LoginAsync())
        {
            events = await client.CreateEventDatasetAsync("Events", Stop);
            batches = [await CompleteAsync(client, events, 0), await CompleteAsync(client, events, 1)];
            await SeeAsync("staging", async () => (string)(await client.GetAsync("/data/foundation/catalog/batches/" + batches[0], Stop))[batches[0]]!["status"]!);
        }
        await server.KillAsync();
        await server.RestartAsync();
        using MusterClient again = await server.LoginAsync();
        foreach (string batch in batches)
        {
            JsonNode state = await again.WaitForBatchAsync(batch, TimeProvider.System, Stop);
            Assert.True((string?)state["status"] == "success", state.ToJsonString());
        }
        string all = await again.CreateSegmentAsync("As many events as were sent", $"xEvent.count() = {2 * EventsEach}", Stop);
        JsonNode job = await FinishAsync(again, await again.StartJobAsync([all], Stop));
        Assert.Equal(Customers, (long)job["metrics"]!["segmentedProfileCounter"]![all]!);
        Assert.Equal(Customers, (long)job["metrics"]!["totalProfiles"]!);
    }

    [Fact]
    public async Task Kill_DuringJobAndExport_BothFinishAfterTheRestart()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        string segment, job;
        using (MusterClient client = await server.LoginAsync())
        {
            string events = await client.CreateEventDatasetAsync("Events", Stop);
            string batch = await CompleteAsync(client, events, 0);
            Assert.Equal("success", (string?)(await client.WaitForBatchAsync(batch, TimeProvider.System, Stop))["status"]);
            segment = await client.CreateSegmentAsync("Everybody", "xEvent.count() >= 1", Stop);
            job = await client.StartJobAsync([segment, .. await DefineManyAsync(client)], Stop);
            await SeeAsync("PROCESSING", async () => (string)(await client.GetJobAsync(job, Stop))["status"]!);
        }
        await server.KillAsync();
        await server.RestartAsync();

        long export;
        using (MusterClient client = await server.LoginAsync())
        {
            JsonNode finished = await FinishAsync(client, job);
            Assert.Equal(Customers, (long)finished["metrics"]!["segmentedProfileCounter"]![segment]!);
            string target = await client.CreateUnionDatasetAsync("Target", Stop);
            JsonNode started = await client.StartExportAsync(new JsonObject
            {
                ["filter"] = new JsonObject { ["segments"] = new JsonArray(new JsonObject { ["segmentId"] = segment }), ["emptyProfiles"] = true },
                ["additionalFields"] = new JsonObject { ["eventList"] = new JsonObject { ["fields"] = "timestamp,eventType,identityMap" } },
                ["destination"] = new JsonObject { ["datasetId"] = target },
                ["schema"] = new JsonObject { ["name"] = "_xdm.context.profile" },
            }, Stop);
            export = (long)started["id"]!;
            await SeeAsync("PROCESSING", async () => (string)(await client.GetExportAsync(export, Stop))["status"]!);
        }
        await server.KillAsync();
        await server.RestartAsync();

        using MusterClient last = await server.LoginAsync();
        JsonNode exported = await last.WaitForExportAsync(export, TimeProvider.System, Stop);
        Assert.True((string?)exported["status"] == "SUCCEEDED", exported.ToJsonString());
        IReadOnlyList<LakeFile> files = await last.GetBatchFilesAsync((string)exported["destination"]!["batchId"]!, Stop);
        Assert.Equal(Customers, files.Sum(file => file.Records));
        Assert.Equal(0, await server.StopAsync());
    }

    /// <summary>Asks without pause until the work runs: then, and not before or after it, is the moment to kill.</summary>
    private static async Task SeeAsync(string wanted, Func<Task<string>> status)
    {
        string seen;
        do seen = await status(); while (seen is "loaded" or "NEW" or "QUEUED");
        Assert.Equal(wanted, seen);
    }

    /// <summary>Segments that share nothing, so that the job has work to do.</summary>
    private static async Task<IReadOnlyList<string>> DefineManyAsync(MusterClient client)
    {
        var ids = new List<string>();
        for (int i = 0; i < 40; i++)
            ids.Add(await client.CreateSegmentAsync($"Busy {i}", $"exists A from xEvent, B from xEvent where A.timestamp < B.timestamp and A._id like \"%{i}%\"", Stop));
        return ids;
    }

    /// <summary>Uploads and completes without waiting: from then on the server is responsible.</summary>
    private static async Task<string> CompleteAsync(MusterClient client, string dataset, int round)
    {
        var lines = new StringBuilder();
        for (int customer = 0; customer < Customers; customer++)
            for (int i = 0; i < EventsEach; i++)
                lines.Append(Event($"e{round}-{customer}-{i}", $"2025-0{round + 1}-0{i + 1}T10:00:00Z", $"C{customer}")).Append('\n');
        string batch = await client.CreateBatchAsync(dataset, Stop);
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(lines.ToString()));
        await client.UploadAsync(batch, dataset, "events.json", content, Stop);
        await client.CompleteBatchAsync(batch, Stop);
        return batch;
    }

    private static async Task<JsonNode> FinishAsync(MusterClient client, string job)
    {
        JsonNode state = await client.WaitForJobAsync(job, TimeProvider.System, Stop);
        Assert.True((string?)state["status"] == "SUCCEEDED", state.ToJsonString());
        return state;
    }

    private static string Event(string id, string timestamp, string customer) => new JsonObject
    {
        ["_id"] = id,
        ["timestamp"] = timestamp,
        ["eventType"] = "commerce.purchases",
        ["identityMap"] = new JsonObject { ["CRMID"] = new JsonArray(new JsonObject { ["id"] = customer, ["primary"] = true }) },
    }.ToJsonString();
}
