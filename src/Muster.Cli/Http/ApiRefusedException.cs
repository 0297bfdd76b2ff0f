using System.Net;

namespace Muster.Cli.Http;

/// <summary>A call that the server answered with an error.</summary>
internal sealed class ApiRefusedException(string call, HttpStatusCode status, string body)
    : Exception($"{call} was answered with {(int)status}: {(body.Length > 500 ? body[..500] + "..." : body)}")
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The body as it came.</summary>
    public string Body { get; } = body;
}
