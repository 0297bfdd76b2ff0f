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

    /// <summary>A dataset of events or of profile records; null: its first record decides.</summary>
    public static Task<string> CreateDatasetAsync(this MusterClient client, string name, bool? isEvents, CancellationToken cancellationToken) =>
        CreateDatasetAsync(client, name, isEvents switch { true => EventSchema, false => ProfileSchema, null => null }, cancellationToken);

    public static Task<string> CreateBatchAsync(this MusterClient client, string dataset, CancellationToken cancellationToken, string format = "json") =>
        client.OpenBatchAsync(
            new JsonObject { ["datasetId"] = dataset, ["inputFormat"] = new JsonObject { ["format"] = format } }, cancellationToken);

    /// <summary>Opens a batch with a body of the caller's and returns its id.</summary>
    public static async Task<string> OpenBatchAsync(this MusterClient client, JsonObject body, CancellationToken cancellationToken)
    {
        JsonNode batch = await client.PostAsync("/data/foundation/import/batches", body, cancellationToken);
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

    /// <summary>Gives an open batch up.</summary>
    public static Task AbortBatchAsync(this MusterClient client, string batch, CancellationToken cancellationToken) =>
        client.SendAsync(HttpMethod.Post, $"/data/foundation/import/batches/{batch}?action=ABORT", null, cancellationToken);

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

    private static async Task<string> CreateDatasetAsync(MusterClient client, string name, string? schema, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["name"] = name,
            ["tags"] = new JsonObject { ["unifiedProfile"] = new JsonArray("enabled:true"), ["unifiedIdentity"] = new JsonArray("enabled:true") },
        };
        if (schema is not null)
            body["schemaRef"] = new JsonObject { ["id"] = schema, ["contentType"] = "application/vnd.adobe.xed+json;version=1" };
        JsonNode reference = await client.PostAsync("/data/foundation/catalog/dataSets", body, cancellationToken);
        return reference[0]!.GetValue<string>().Split('/')[^1];
    }
}
