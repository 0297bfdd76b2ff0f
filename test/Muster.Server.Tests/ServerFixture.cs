using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;

namespace Muster.Server.Tests;

/// <summary>A real host on a free port over an empty folder of its own, with a clock that stands still.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    public const string Organization = "TEST@AdobeOrg";
    public const string ClientId = "test-client";
    public const string Secret = "test-secret-1";

    private WebApplication? _app;

    public string Folder { get; } = Directory.CreateTempSubdirectory("muster-server-").FullName;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public WebApplication App => _app ?? throw new InvalidOperationException("Not started.");

    public HttpClient Client { get; private set; } = new();

    public async ValueTask InitializeAsync() => await StartAsync();

    public async Task StartAsync()
    {
        _app = MusterServer.Build(
            new ServerOptions
            {
                DataFolder = Folder,
                Urls = ["http://127.0.0.1:0"],
                Organization = Organization,
                ClientId = ClientId,
                ClientSecret = Secret,
                MaxJsonBytes = 100_000,
            },
            Time);
        await _app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        string token = await LogInAsync();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Client.DefaultRequestHeaders.Add("x-api-key", ClientId);
        Client.DefaultRequestHeaders.Add("x-gw-ims-org-id", Organization);
        Client.DefaultRequestHeaders.Add("x-sandbox-name", "prod");
        Client.DefaultRequestHeaders.Add("x-request-id", "r1");
    }

    public async Task StopAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }

        Client.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }

    public async Task<string> LogInAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri(App.Urls.Single()) };
        using HttpResponseMessage response = await http.PostAsync("/ims/token/v3", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = ClientId,
            ["client_secret"] = Secret,
            ["scope"] = "openid, session,",
        }));
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["access_token"]!;
    }

    /// <summary>Sends and returns the status and the body as JSON; null when there is none. A header with a null value is left out.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null, string? contentType = "application/json", params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var client = new HttpClient { BaseAddress = Client.BaseAddress };
        foreach (KeyValuePair<string, IEnumerable<string>> header in Client.DefaultRequestHeaders)
            if (!headers.Any(h => h.Name.Equals(header.Key, StringComparison.OrdinalIgnoreCase)))
                request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        foreach ((string name, string? value) in headers)
            if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Dictionary<string, string> answered = response.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, text, answered);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PatchAsync(string path, string body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);
}

public sealed record Answer(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException("The body is null.");
}
