using System.Text.Json.Nodes;

namespace Muster.Cli.Http;

/// <summary>Export jobs and Data Access: what it takes to get audiences out.</summary>
internal static class ExportCalls
{
    /// <summary>Starts an export and returns its record.</summary>
    public static Task<JsonNode> StartExportAsync(this MusterClient client, JsonNode body, CancellationToken cancellationToken) =>
        client.PostAsync("/data/core/ups/export/jobs", body, cancellationToken);

    public static Task<JsonNode> GetExportAsync(this MusterClient client, long id, CancellationToken cancellationToken) =>
        client.GetAsync($"/data/core/ups/export/jobs/{id}", cancellationToken);

    public static async Task<JsonNode> WaitForExportAsync(this MusterClient client, long id, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            JsonNode state = await client.GetExportAsync(id, cancellationToken);
            if (state["status"]!.GetValue<string>() is "SUCCEEDED" or "FAILED" or "CANCELLED") return state;
            await Task.Delay(Polling.Interval, time, cancellationToken);
        }
    }

    /// <summary>The files of a batch: what one needs to read each, and what the server says about it.</summary>
    public static async Task<IReadOnlyList<LakeFile>> GetBatchFilesAsync(this MusterClient client, string batch, CancellationToken cancellationToken)
    {
        var files = new List<LakeFile>();
        JsonNode page = await client.GetAsync($"/data/foundation/export/batches/{batch}/files", cancellationToken);
        foreach (JsonNode? file in page["data"]!.AsArray())
        {
            string id = file!["dataSetFileId"]!.GetValue<string>();
            JsonNode detail = await client.GetAsync($"/data/foundation/export/files/{Uri.EscapeDataString(id)}", cancellationToken);
            foreach (JsonNode? part in detail["data"]!.AsArray())
                files.Add(new LakeFile(id, part!["name"]!.GetValue<string>(), long.Parse(part["length"]!.GetValue<string>()), long.Parse(file["records"]!.GetValue<string>())));
        }
        return files;
    }

    public static Task<byte[]> DownloadAsync(this MusterClient client, LakeFile file, CancellationToken cancellationToken) =>
        client.DownloadAsync($"/data/foundation/export/files/{Uri.EscapeDataString(file.Id)}?path={Uri.EscapeDataString(file.Name)}", cancellationToken);
}

/// <summary>A file of a batch.</summary>
internal sealed record LakeFile(string Id, string Name, long Length, long Records);
