using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muster.Cli.Http;

/// <summary>A call that the server answered with an error.</summary>
internal sealed class ApiRefusedException(string call, HttpStatusCode status, string body)
    : Exception($"{call} was answered with {(int)status}: {(body.Length > 500 ? body[..500] + "..." : body)}")
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The body as it came.</summary>
    public string Body { get; } = body;

    /// <summary>What the server says is wrong, from whatever envelope it came in.</summary>
    public string Reason
    {
        get
        {
            try
            {
                JsonNode? answer = JsonNode.Parse(Body);
                return (string?)(answer?["detail"] ?? answer?["title"] ?? answer?["message"]) ?? Message;
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException)
            {
                return Message;
            }
        }
    }
}
