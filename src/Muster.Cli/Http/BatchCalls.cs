using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Muster.Cli.Http;

/// <summary>Datasets and batches: what it takes to bring data in.</summary>
internal static class BatchCalls
{
    private const string ProfileSchema = "https://ns.adobe.com/xdm/context/profile";
    private const string EventSchema = "https://ns.adobe.com/xdm/context/experienceevent";
    private const string UnionSchema = "https://ns.adobe.com/xdm/context/profile__union";

    public static Task<string> CreateProfileDatasetAsync(this MusterClient client, string name, CancellationToken cancellationToken) =>
        CreateDatasetAsync(client, name, ProfileSchema, cancellationToken);

    public static Task<string> CreateEventDatasetAsync(this MusterClient client, string name, CancellationToken cancellationToken) =>
        CreateDatasetAsync(client, name, EventSchema, cancellationToken);

    /// <summary>A dataset of the union schema: the target of exports.</summary>
    public static Task<string> CreateUnionDatasetAsync(this MusterClient client, string name, CancellationToken cancellationToken) =>
        CreateDatasetAsync(client, name, UnionSchema, cancellationToken);

    public static async Task<string> CreateBatchAsync(this MusterClient client, string dataset, CancellationToken cancellationToken, string format = "json")
    {
        JsonNode batch = await client.PostAsync("/data/foundation/import/batches", new JsonObject
        {
            ["datasetId"] = dataset,
            ["inputFormat"] = new JsonObject { ["format"] = format },
        }, cancellationToken);
        return batch["id"]!.GetValue<string>();
    }

    public static async Task UploadAsync(
        this MusterClient client, string batch, string dataset, string path, Stream content, CancellationToken cancellationToken)
    {
        using var body = new StreamContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        await client.SendAsync(HttpMethod.Put, $"/data/foundation/import/batches/{batch}/datasets/{dataset}/files/{path}", body, cancellationToken);
    }

    /// <summary>Closes a batch; the server then loads it.</summary>
    public static Task CompleteBatchAsync(this MusterClient client, string batch, CancellationToken cancellationToken) =>
        client.SendAsync(HttpMethod.Post, $"/data/foundation/import/batches/{batch}?action=COMPLETE", null, cancellationToken);

    /// <summary>Polls until the batch is final; returns it.</summary>
    public static async Task<JsonNode> WaitForBatchAsync(this MusterClient client, string batch, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            JsonNode answer = await client.GetAsync($"/data/foundation/catalog/batches/{batch}", cancellationToken);
            JsonNode state = answer[batch] ?? answer;
            if (state["status"]!.GetValue<string>() is not ("loading" or "loaded" or "staging" or "staged" or "queued" or "processing")) return state;
            await Task.Delay(Polling.Interval, time, cancellationToken);
        }
    }

    private static async Task<string> CreateDatasetAsync(MusterClient client, string name, string schema, CancellationToken cancellationToken)
    {
        JsonNode reference = await client.PostAsync("/data/foundation/catalog/dataSets", new JsonObject
        {
            ["name"] = name,
            ["schemaRef"] = new JsonObject { ["id"] = schema, ["contentType"] = "application/vnd.adobe.xed+json;version=1" },
            ["tags"] = new JsonObject { ["unifiedProfile"] = new JsonArray("enabled:true"), ["unifiedIdentity"] = new JsonArray("enabled:true") },
        }, cancellationToken);
        return reference[0]!.GetValue<string>().Split('/')[^1];
    }
}
