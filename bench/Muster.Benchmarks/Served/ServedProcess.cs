using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Muster.Benchmarks.Served;

/// <summary>This program once more as a server in a process of its own, and an ordinary client of it.</summary>
internal sealed class ServedProcess : IDisposable
{
    private const string Ups = "/data/core/ups";
    private readonly Process _process;

    private ServedProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
        Client = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public int Id => _process.Id;

    /// <summary>What every request carries after the login, as lines.</summary>
    public string Headers { get; private set; } = "";

    public static async Task<ServedProcess> StartAsync(string folder)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Muster.Benchmarks.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--serve", folder]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        string? line;
        do line = await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) ?? throw new InvalidOperationException("The server did not start.");
        while (!line.StartsWith("http:", StringComparison.Ordinal));
        var server = new ServedProcess(process, new Uri(line));
        await server.LogInAsync().ConfigureAwait(false);
        return server;
    }

    /// <summary>Waits until the lookup store is filled; what the server says of it.</summary>
    public async Task<string> FilledAsync()
    {
        await _process.StandardInput.WriteLineAsync("filled").ConfigureAwait(false);
        await _process.StandardInput.FlushAsync().ConfigureAwait(false);
        return await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) ?? "";
    }

    /// <summary>Sends a file as a batch of a new dataset and waits until its records count.</summary>
    public async Task IngestAsync(string file)
    {
        JsonNode made = (await SendAsync(HttpMethod.Post, "/data/foundation/catalog/dataSets", """{"name":"bench","tags":{"unifiedProfile":["enabled:true"]}}""").ConfigureAwait(false))!;
        string dataset = made[0]!.GetValue<string>().Split('/')[^1];
        JsonNode batch = (await SendAsync(HttpMethod.Post, "/data/foundation/import/batches",
            $$$"""{"datasetId":"{{{dataset}}}","inputFormat":{"format":"parquet"}}""").ConfigureAwait(false))!;
        string path = $"/data/foundation/import/batches/{batch["id"]}";
        await using (FileStream stream = File.OpenRead(file))
        {
            using var content = new StreamContent(stream);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using HttpResponseMessage sent = await Client.PutAsync($"{path}/datasets/{dataset}/files/part.parquet", content).ConfigureAwait(false);
            sent.EnsureSuccessStatusCode();
        }
        await SendAsync(HttpMethod.Post, path + "?action=COMPLETE", null).ConfigureAwait(false);
        await UntilAsync("/data/foundation/catalog/batches/" + batch["id"], answer => answer[batch["id"]!.GetValue<string>()]!["status"]!.GetValue<string>(), "success", "failed").ConfigureAwait(false);
    }

    /// <summary>Makes segments of a field <c>_bench.number</c> and runs a job over them.</summary>
    public async Task EvaluateAsync(int segments)
    {
        var ids = new JsonArray();
        for (int i = 0; i < segments; i++)
        {
            JsonNode made = (await SendAsync(HttpMethod.Post, Ups + "/segment/definitions",
                $$$"""{"name":"{{{Guid.NewGuid()}}}","schema":{"name":"_xdm.context.profile"},"expression":{"type":"PQL","format":"pql/text","value":"_bench.number % 4 = {{{i % 4}}} and xEvent[eventType = \"t{{{i % 8}}}\"]"}}""").ConfigureAwait(false))!;
            ids.Add(new JsonObject { ["segmentId"] = made["id"]!.GetValue<string>() });
        }
        JsonNode job = (await SendAsync(HttpMethod.Post, Ups + "/segment/jobs", ids.ToJsonString()).ConfigureAwait(false))!;
        await UntilAsync($"{Ups}/segment/jobs/{job["id"]}", answer => answer["status"]!.GetValue<string>(), "SUCCEEDED", "FAILED").ConfigureAwait(false);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        Client.Dispose();
    }

    private async Task LogInAsync()
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = BenchmarkServer.ClientId,
            ["client_secret"] = BenchmarkServer.Secret,
        });
        using HttpResponseMessage response = await Client.PostAsync("/ims/token/v3", form).ConfigureAwait(false);
        string token = JsonNode.Parse(await response.Content.ReadAsStringAsync().ConfigureAwait(false))!["access_token"]!.GetValue<string>();
        (string Name, string Value)[] headers =
        [
            ("Authorization", "Bearer " + token), ("x-api-key", BenchmarkServer.ClientId),
            ("x-gw-ims-org-id", BenchmarkServer.Organization), ("x-sandbox-name", "prod"),
        ];
        foreach ((string name, string value) in headers) Client.DefaultRequestHeaders.Add(name, value);
        Headers = string.Concat(headers.Select(h => $"{h.Name}: {h.Value}\r\n"));
    }

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Client.SendAsync(request).ConfigureAwait(false);
        string text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    private async Task UntilAsync(string path, Func<JsonNode, string> status, string done, string failed)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            JsonNode answer = (await SendAsync(HttpMethod.Get, path, null).ConfigureAwait(false))!;
            string found = status(answer);
            if (found == done) return;
            if (found == failed) throw new InvalidOperationException(answer.ToJsonString());
        }
    }
}
