using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Muster.Cli.Http;

/// <summary>
/// The public HTTP API, as any client sees it. Not thread-safe before <see cref="LoginAsync"/> has returned, then it is.
/// </summary>
internal sealed class MusterClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Credentials _credentials;

    public MusterClient(Uri server, Credentials credentials)
    {
        // Uploads are large and a first job reads everything: patience is the caller's, through cancellation.
        _http = new HttpClient { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        _credentials = credentials;
    }

    /// <summary>Gets a token and sends it, with the three other headers, on every later call.</summary>
    public async Task LoginAsync(CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = _credentials.ClientId,
            ["client_secret"] = _credentials.ClientSecret,
            ["scope"] = "openid,AdobeID,read_organizations",
        });
        using HttpResponseMessage response = await _http.PostAsync("/ims/token/v3", form, cancellationToken);
        JsonNode token = await ReadAsync("POST /ims/token/v3", response, cancellationToken) ?? throw new InvalidOperationException("The token endpoint answered nothing.");
        HttpRequestHeaders headers = _http.DefaultRequestHeaders;
        headers.Clear();
        headers.Authorization = new AuthenticationHeaderValue("Bearer", token["access_token"]!.GetValue<string>());
        headers.Add("x-api-key", _credentials.ClientId);
        headers.Add("x-gw-ims-org-id", _credentials.Organization);
        headers.Add("x-sandbox-name", _credentials.Sandbox);
    }

    /// <summary>GETs JSON.</summary>
    public Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>POSTs JSON.</summary>
    public Task<JsonNode> PostAsync(string path, JsonNode body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, Json(body), cancellationToken);

    /// <summary>Any call; an empty answer is an empty object.</summary>
    /// <exception cref="ApiRefusedException">The status is not 2xx.</exception>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendRawAsync(method, path, content, cancellationToken);
        return await ReadAsync($"{method} {path}", response, cancellationToken) ?? new JsonObject();
    }

    /// <summary>Any call, with the answer as it came, whatever the status.</summary>
    public async Task<HttpResponseMessage> SendRawAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>The bytes of a file.</summary>
    public async Task<byte[]> DownloadAsync(string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _http.GetAsync(path, cancellationToken);
        if (!response.IsSuccessStatusCode) throw await RefusedAsync($"GET {path}", response, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static StringContent Json(JsonNode body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private static async Task<JsonNode?> ReadAsync(string call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode) throw await RefusedAsync(call, response, cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    private static async Task<ApiRefusedException> RefusedAsync(string call, HttpResponseMessage response, CancellationToken cancellationToken) =>
        new(call, response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
}
