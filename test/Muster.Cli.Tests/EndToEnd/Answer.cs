using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Muster.Cli.Http;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>A raw answer: what tests of statuses and bodies look at.</summary>
internal sealed record Answer(int Status, string Text, HttpResponseHeaders Headers)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException("The answer has no body.");

    /// <summary>Sends literal JSON (or nothing).</summary>
    public static async Task<Answer> OfAsync(MusterClient client, string method, string path, string? body = null, string contentType = "application/json")
    {
        using HttpContent? content = body is null ? null : new StringContent(body, Encoding.UTF8, contentType);
        using HttpResponseMessage response = await client.SendRawAsync(new HttpMethod(method), path, content, TestContext.Current.CancellationToken);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Headers);
    }

    public JsonNode Expect(int status)
    {
        Assert.True(Status == status, $"Expected {status}, got {Status}: {Text}");
        return Text.Length == 0 ? new JsonObject() : Json;
    }
}
