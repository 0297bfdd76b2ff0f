using System.Text.Json.Nodes;

namespace Muster.Cli.Http;

/// <summary>Definitions, segment jobs and profiles.</summary>
internal static class SegmentCalls
{
    public static async Task<string> CreateSegmentAsync(
        this MusterClient client, string name, string pql, CancellationToken cancellationToken, string description = "")
    {
        JsonNode definition = await client.PostAsync("/data/core/ups/segment/definitions", new JsonObject
        {
            ["name"] = name,
            ["description"] = description,
            ["expression"] = new JsonObject { ["type"] = "PQL", ["format"] = "pql/text", ["value"] = pql },
            ["schema"] = new JsonObject { ["name"] = "_xdm.context.profile" },
        }, cancellationToken);
        return definition["id"]!.GetValue<string>();
    }

    /// <summary>Starts a job for some segments and returns its id.</summary>
    public static async Task<string> StartJobAsync(this MusterClient client, IEnumerable<string> segments, CancellationToken cancellationToken)
    {
        var body = new JsonArray(segments.Select(id => (JsonNode)new JsonObject { ["segmentId"] = id }).ToArray());
        JsonNode job = await client.PostAsync("/data/core/ups/segment/jobs", body, cancellationToken);
        return job["id"]!.GetValue<string>();
    }

    public static Task<JsonNode> GetJobAsync(this MusterClient client, string job, CancellationToken cancellationToken) =>
        client.GetAsync($"/data/core/ups/segment/jobs/{job}", cancellationToken);

    /// <summary>Polls until the job is final; returns it. <paramref name="watch"/> sees every answer.</summary>
    public static async Task<JsonNode> WaitForJobAsync(
        this MusterClient client, string job, TimeProvider time, CancellationToken cancellationToken, Action<JsonNode>? watch = null)
    {
        while (true)
        {
            JsonNode state = await client.GetJobAsync(job, cancellationToken);
            watch?.Invoke(state);
            if (state["status"]!.GetValue<string>() is "SUCCEEDED" or "FAILED" or "CANCELLED") return state;
            await Task.Delay(Polling.Interval, time, cancellationToken);
        }
    }

    /// <summary>A profile by one of its identities: the answer of entity access, keyed by the entity's id.</summary>
    public static Task<JsonNode> GetProfileAsync(this MusterClient client, string nameSpace, string id, CancellationToken cancellationToken) =>
        client.GetAsync(
            $"/data/core/ups/access/entities?schema.name=_xdm.context.profile&entityId={Uri.EscapeDataString(id)}&entityIdNS={Uri.EscapeDataString(nameSpace)}",
            cancellationToken);
}
