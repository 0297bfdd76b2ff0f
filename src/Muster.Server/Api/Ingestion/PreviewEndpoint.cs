using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.Ingestion;
using Muster.Services.Tenancy;
using Muster.Storage.Lake;

namespace Muster.Server.Api.Ingestion;

/// <summary>The first records of a batch, read as the query says.</summary>
internal static class PreviewEndpoint
{
    private const int DefaultRows = 10;

    public static void Map(RouteGroupBuilder group) => group.MapGet("/{id}/datasets/{dataset}/preview", GetAsync);

    private static async Task<IResult> GetAsync(string id, string dataset, HttpContext http, BatchPreviewService service)
    {
        SandboxScope scope = Caller.Scope(http);
        IQueryCollection query = http.Request.Query;
        string format = (query.Text("format") ?? (await service.BatchAsync(scope, id, http.RequestAborted)).Format).ToLowerInvariant();
        bool multiLine = query.Flag("isMultiLineJson") ?? false;
        InputFormat kind = format switch
        {
            "csv" => InputFormat.Csv,
            "parquet" => InputFormat.Parquet,
            "json" => multiLine ? InputFormat.JsonArray : InputFormat.JsonLines,
            _ => throw new RequestRefusedException(400, "batch.format", $"The format '{format}' is not supported. Use 'json', 'parquet' or 'csv'."),
        };
        var options = new JsonObject();
        foreach (string name in (string[])["delimiter", "quote", "escape", "charset"])
            if (Character(query, name) is { } value) options[name] = value;
        bool header = query.Flag("header") ?? true;
        int rows = query.Number("nrow", 0, 0, BatchPreviewService.MaximumRows);
        var request = new PreviewRequest(kind, CsvInput.ReadFormat(options) with { Header = header }, rows == 0 ? DefaultRows : rows);
        PreviewTable table = await service.ReadAsync(scope, id, dataset, request, http.RequestAborted);
        return Results.Json(new JsonObject
        {
            ["formatParams"] = new JsonObject
            {
                ["format"] = format,
                ["isMultiLineJson"] = multiLine,
                ["delimiter"] = request.Csv.Delimiter.ToString(),
                ["quote"] = request.Csv.Quote.ToString(),
                ["escape"] = request.Csv.Escape.ToString(),
                ["charset"] = query.Text("charset") ?? "UTF-8",
                ["header"] = header,
            },
            ["preview"] = new JsonObject { ["columns"] = Columns(table), ["rows"] = Rows(table) },
        });
    }

    private static JsonArray Columns(PreviewTable table) =>
        new([.. table.Columns.Select((name, i) => (JsonNode)new JsonObject { ["cid"] = Number(i), ["name"] = name })]);

    private static JsonArray Rows(PreviewTable table) => new([.. table.Rows.Select(row =>
        (JsonNode)new JsonObject(row.OrderBy(v => v.Key).Select(v => KeyValuePair.Create(Number(v.Key), (JsonNode?)v.Value))))]);

    private static string Number(int column) => column.ToString(CultureInfo.InvariantCulture);

    // Not trimmed, unlike other parameters: a tab or a blank is a delimiter.
    private static string? Character(IQueryCollection query, string name) => query[name].FirstOrDefault(v => !string.IsNullOrEmpty(v));
}
