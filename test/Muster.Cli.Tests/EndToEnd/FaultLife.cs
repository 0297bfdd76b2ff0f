using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Muster.Cli.Http;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>
/// A client that goes on whatever becomes of the server, and keeps account of what it was promised. Every person has one event of each
/// batch, so what was lost or counted twice shows in the number of events.
/// </summary>
internal sealed class FaultLife(ServerProcess server)
{
    // Beside them there is one who is forgotten again and again.
    private const int People = 30;

    private readonly List<string> _batches = [];
    private readonly HashSet<string> _uploaded = [];
    private readonly HashSet<string> _completed = [];
    private readonly List<string> _jobs = [];
    private readonly List<long> _exports = [];
    private string _events = "", _target = "", _everybody = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Batches that were acknowledged.</summary>
    public int Acknowledged => _completed.Count;

    public async Task BeginAsync()
    {
        using MusterClient client = await server.LoginAsync();
        _events = await client.CreateEventDatasetAsync("Events", Stop);
        _target = await client.CreateUnionDatasetAsync("Target", Stop);
        _everybody = await client.CreateSegmentAsync("Everybody", "xEvent.count() >= 1", Stop);
    }

    /// <summary>Works until the server ends, for so many rounds at most.</summary>
    /// <returns>True if it ended.</returns>
    public async Task<bool> WorkUntilTheEndAsync(int rounds)
    {
        try
        {
            using MusterClient client = await server.LoginAsync();
            for (int round = 0; round < rounds; round++) await WorkAsync(client);
            return false;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            await server.WaitForEndAsync();
            return true;
        }
    }

    /// <summary>Finishes what is open, and looks whether all that was promised is there, once.</summary>
    public async Task CheckAsync()
    {
        using MusterClient client = await server.LoginAsync();
        int landed = 0;
        foreach (string batch in _batches)
        {
            JsonNode state = (await client.GetAsync("/data/foundation/catalog/batches/" + batch, Stop))[batch]!;
            if ((string)state["status"]! == "loading")
            {
                Assert.DoesNotContain(batch, _completed);
                if (!_uploaded.Contains(batch)) continue;
                await client.CompleteBatchAsync(batch, Stop);
                _completed.Add(batch);
            }

            state = await client.WaitForBatchAsync(batch, TimeProvider.System, Stop);
            Assert.True((string?)state["status"] == "success", state.ToJsonString());
            landed++;
        }

        foreach (string job in _jobs) await FinishAsync(client, job);
        foreach (long export in _exports)
        {
            JsonNode state = await client.WaitForExportAsync(export, TimeProvider.System, Stop);
            Assert.True((string?)state["status"] == "SUCCEEDED", state.ToJsonString());
        }

        if (landed == 0) return;
        string all = await client.CreateSegmentAsync(Guid.NewGuid().ToString(), string.Create(CultureInfo.InvariantCulture, $"xEvent.count() = {landed}"), Stop);
        JsonNode found = await FinishAsync(client, await client.StartJobAsync([all], Stop));
        Assert.InRange((long)found["metrics"]!["totalProfiles"]!, People, People + 1);
        Assert.Equal(People, (long)found["metrics"]!["segmentedProfileCounter"]![all]!);
        _jobs.Clear();
        _exports.Clear();
    }

    private async Task WorkAsync(MusterClient client)
    {
        string batch = await client.CreateBatchAsync(_events, Stop);
        _batches.Add(batch);
        using (var content = new MemoryStream(Encoding.UTF8.GetBytes(Events(_batches.Count)))) await client.UploadAsync(batch, _events, "events.json", content, Stop);
        _uploaded.Add(batch);
        await client.CompleteBatchAsync(batch, Stop);
        _completed.Add(batch);
        await client.WaitForBatchAsync(batch, TimeProvider.System, Stop);
        using (await client.SendRawAsync(HttpMethod.Delete, "/data/core/ups/access/entities?schema.name=_xdm.context.profile&entityIdNS=CRMID&entityId=Gone", null, Stop))
        {
            // Accepted, or unknown since an earlier request has done it.
        }

        string job = await client.StartJobAsync([_everybody], Stop);
        _jobs.Add(job);
        await client.WaitForJobAsync(job, TimeProvider.System, Stop);
        JsonNode export = await client.StartExportAsync(new JsonObject
        {
            ["filter"] = new JsonObject { ["segments"] = new JsonArray(new JsonObject { ["segmentId"] = _everybody }), ["emptyProfiles"] = true },
            ["destination"] = new JsonObject { ["datasetId"] = _target },
            ["schema"] = new JsonObject { ["name"] = "_xdm.context.profile" },
        }, Stop);
        _exports.Add((long)export["id"]!);
        await client.WaitForExportAsync((long)export["id"]!, TimeProvider.System, Stop);
    }

    private static async Task<JsonNode> FinishAsync(MusterClient client, string job)
    {
        JsonNode state = await client.WaitForJobAsync(job, TimeProvider.System, Stop);
        Assert.True((string?)state["status"] == "SUCCEEDED", state.ToJsonString());
        return state;
    }

    private static string Events(int round)
    {
        var lines = new StringBuilder();
        for (int person = 0; person <= People; person++)
            lines.Append(new JsonObject
            {
                ["_id"] = string.Create(CultureInfo.InvariantCulture, $"e{round}-{person}"),
                ["timestamp"] = "2025-01-01T10:00:00Z",
                ["identityMap"] = new JsonObject
                {
                    ["CRMID"] = new JsonArray(new JsonObject { ["id"] = person == People ? "Gone" : string.Create(CultureInfo.InvariantCulture, $"C{person}"), ["primary"] = true }),
                },
            }.ToJsonString()).Append('\n');
        return lines.ToString();
    }
}
