using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Server.Errors;
using Muster.Services;
using Muster.Services.Requests;

namespace Muster.Server.Api;

/// <summary>Reads JSON bodies within the limits of the options. A missing Content-Type is fine, a wrong one is not.</summary>
internal sealed class JsonBody(ServerOptions options)
{
    /// <summary>The body, an object.</summary>
    /// <param name="http">The request.</param>
    /// <param name="ignoreCase">True if the names of fields are to be found in any case.</param>
    public async Task<JsonObject> ObjectAsync(HttpContext http, bool ignoreCase = false) => JsonFields.AsObject(await ReadAsync(http, ignoreCase));

    public async Task<JsonArray> ArrayAsync(HttpContext http) =>
        await ReadAsync(http) as JsonArray ?? throw new RequestRefusedException(400, "request.body", "The body must be a JSON array.");

    public async Task<JsonNode?> ReadAsync(HttpContext http, bool ignoreCase = false)
    {
        CheckContentType(http.Request);
        byte[] bytes = await BytesAsync(http);
        if (bytes.Length == 0) throw new RequestRefusedException(400, "request.body", "The request needs a JSON body.");
        try
        {
            // A byte order mark is no part of JSON, but editors and shells put it there.
            ReadOnlySpan<byte> json = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes;
            JsonNode? body = JsonNode.Parse(
                json, new JsonNodeOptions { PropertyNameCaseInsensitive = ignoreCase }, documentOptions: new JsonDocumentOptions { MaxDepth = options.MaxJsonDepth, AllowDuplicateProperties = false });
            Touch(body);
            return body;
        }
        catch (JsonException fault)
        {
            throw new RequestRefusedException(400, "request.json", $"The body is not valid JSON: {fault.Message}");
        }
        catch (ArgumentException)
        {
            throw new RequestRefusedException(400, "request.json", "The body is not valid JSON: two names of an object differ by case alone.");
        }
        catch (InvalidOperationException)
        {
            throw new RequestRefusedException(400, "request.json", "The body is not valid JSON: a string holds half of a surrogate pair.");
        }
    }

    private static void CheckContentType(HttpRequest request)
    {
        string type = (request.ContentType ?? "").Split(';')[0].Trim();
        bool json = type.Length == 0 || type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase) || type is "*/*";
        if (!json) throw new RequestRefusedException(400, ErrorEnvelope.ContentTypeCode, "A valid content-type must be specified");
    }

    private async Task<byte[]> BytesAsync(HttpContext http)
    {
        if (http.Request.ContentLength > options.MaxJsonBytes) throw TooLarge();
        using var buffer = new MemoryStream();
        byte[] part = new byte[16 * 1024];
        for (int read; (read = await http.Request.Body.ReadAsync(part, http.RequestAborted)) > 0;)
        {
            if (buffer.Length + read > options.MaxJsonBytes) throw TooLarge();
            buffer.Write(part, 0, read);
        }

        return buffer.ToArray();
    }

    private RequestRefusedException TooLarge() => new(413, "request.tooLarge", $"The body is larger than {options.MaxJsonBytes} bytes.");

    // Strings are decoded when they are first read; what cannot be decoded must fail here and not in the middle of a service.
    private static void Touch(JsonNode? node)
    {
        if (node is JsonObject fields)
        {
            foreach (KeyValuePair<string, JsonNode?> field in fields) Touch(field.Value);
        }
        else if (node is JsonArray items)
        {
            foreach (JsonNode? item in items) Touch(item);
        }
        else if (node?.GetValueKind() == JsonValueKind.String)
        {
            _ = node.GetValue<string>();
        }
    }
}
