using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Muster.Services;
using Muster.Storage;
using Muster.Storage.Sandboxes;

namespace Muster.Server.Errors;

/// <summary>
/// The one place where failures become answers. What the caller can act on is told in the envelope of its API; everything else is logged here
/// with its stack and answered without detail.
/// </summary>
internal sealed class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> log)
{
    /// <summary>The response header with the stable code, which not every envelope has room for.</summary>
    public const string CodeHeader = "x-muster-error";

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
            if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
                await WriteAsync(http, Unhandled(http));
        }
        catch (GatewayException refusal) when (!http.Response.HasStarted)
        {
            await WriteAsync(http, refusal.Status, refusal.Code, ErrorEnvelope.Gateway(refusal));
        }
        catch (RequestRefusedException refusal) when (!http.Response.HasStarted)
        {
            await WriteAsync(http, refusal);
        }
        catch (BadHttpRequestException refusal) when (!http.Response.HasStarted)
        {
            (string code, string message) = refusal.StatusCode == 413
                ? ("request.tooLarge", "The body is larger than this server accepts.")
                : ("request.malformed", "The request is not well-formed HTTP or ended early.");
            await WriteAsync(http, new RequestRefusedException(refusal.StatusCode, code, message));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away: nobody reads an answer.
        }
        catch (Exception fault) when (!http.Response.HasStarted && StorageFault.IsFull(fault))
        {
            log.LogError(fault, "The disk is full: request {RequestId} {Method} {Path} stored nothing.", http.TraceIdentifier, http.Request.Method, http.Request.Path);
            await WriteAsync(http, new RequestRefusedException(507, "storage.full", "The disk of the server is full. Nothing of this request was stored; send it again when there is room."));
        }
        catch (StoreUnusableException fault) when (!http.Response.HasStarted)
        {
            log.LogError(fault, "Request {RequestId} {Method} {Path} failed.", http.TraceIdentifier, http.Request.Method, http.Request.Path);
            await WriteAsync(http, new RequestRefusedException(503, "storage.damaged", "The data of this sandbox is damaged; the log of the server says what to do. Nothing that was accepted is lost."));
        }
        catch (Exception fault) when (!http.Response.HasStarted)
        {
            // The boundary of a request: a fault of ours must not take the connection or details with it.
            log.LogError(fault, "Request {RequestId} {Method} {Path} failed.", http.TraceIdentifier, http.Request.Method, http.Request.Path);
            await WriteAsync(http, new RequestRefusedException(500, "server.fault", $"The server failed; its log has the details under '{http.TraceIdentifier}'."));
        }
    }

    private static RequestRefusedException Unhandled(HttpContext http)
    {
        int status = http.Response.StatusCode;
        return status switch
        {
            404 => new(404, "request.unknownPath", $"There is nothing at {http.Request.Method} {http.Request.Path}."),
            405 => new(405, "request.method", $"The method {http.Request.Method} is not supported at {http.Request.Path}."),
            _ => new(status, "request.refused", $"The request was refused: {ReasonPhrases.GetReasonPhrase(status)}."),
        };
    }

    private static Task WriteAsync(HttpContext http, RequestRefusedException refusal) =>
        WriteAsync(http, refusal.Status, refusal.Code, ErrorEnvelope.For(http, refusal));

    private static async Task WriteAsync(HttpContext http, int status, string code, JsonNode body)
    {
        string? allow = http.Response.Headers.Allow;
        http.Response.Clear();
        if (allow is not null) http.Response.Headers.Allow = allow;
        http.Response.StatusCode = status;
        http.Response.Headers[CodeHeader] = code;
        if (status == 429) http.Response.Headers.RetryAfter = "1";
        if (HttpMethods.IsHead(http.Request.Method)) return;
        await http.Response.WriteAsJsonAsync(body, http.RequestAborted);
    }
}
