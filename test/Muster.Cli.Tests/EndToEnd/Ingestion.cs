using System.Text;
using System.Text.Json.Nodes;
using Muster.Cli.Http;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>Sends records the way clients do, and waits for the result.</summary>
internal static class Ingestion
{
    /// <summary>One batch of one file; returns the final batch.</summary>
    public static Task<JsonNode> SendAsync(this MusterClient client, string dataset, string lines) => SendAsync(client, dataset, Encoding.UTF8.GetBytes(lines), "records.json");

    public static async Task<JsonNode> SendAsync(this MusterClient client, string dataset, byte[] content, string name, string format = "json")
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        string batch = await client.CreateBatchAsync(dataset, stop, format);
        using (var stream = new MemoryStream(content)) await client.UploadAsync(batch, dataset, name, stream, stop);
        await client.CompleteBatchAsync(batch, stop);
        JsonNode state = await client.WaitForBatchAsync(batch, TimeProvider.System, stop);
        state.AsObject().TryAdd("id", batch);
        return state;
    }

    public static async Task SendAndSucceedAsync(this MusterClient client, string dataset, string lines)
    {
        JsonNode batch = await client.SendAsync(dataset, lines);
        Assert.True((string?)batch["status"] == "success", batch.ToJsonString());
    }
}
