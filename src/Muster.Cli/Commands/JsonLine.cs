using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Pql.Diagnostics;

namespace Muster.Cli.Commands;

/// <summary>What programs read: one JSON object a line.</summary>
internal static class JsonLine
{
    // Lines go to files and pipes, never into HTML.
    private static readonly JsonSerializerOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(JsonObject value) => value.ToJsonString(_options);

    public static JsonObject Of(Diagnostic diagnostic)
    {
        JsonObject line = Plain(diagnostic);
        if (diagnostic.Fix is { } fix) line["fix"] = new JsonObject { ["start"] = fix.Span.Start, ["end"] = fix.Span.End, ["text"] = fix.Text };
        return line;
    }

    private static JsonObject Plain(Diagnostic diagnostic) => new()
    {
        ["code"] = diagnostic.Code,
        ["severity"] = diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning",
        ["message"] = diagnostic.Message,
        ["start"] = diagnostic.Span.Start,
        ["end"] = diagnostic.Span.End,
    };

    /// <summary>The finding for a line of a segments file that is no query at all.</summary>
    public static JsonObject BadLine(string fault) => new()
    {
        ["code"] = "segments.badLine",
        ["severity"] = "error",
        ["message"] = fault,
        ["start"] = 0,
        ["end"] = 0,
    };
}
