using System.Text;
using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.DataAccess;
using Muster.Services.Ingestion;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.DataAccess;

/// <summary>
/// The error diagnostics of a batch: the folders <c>row_errors</c> (the records that failed) and <c>input_files</c> (a description of each
/// uploaded file), and <c>row_errors_sample.json</c> with the first of the failed records. A path that names a folder lists it, one that
/// names a file gets it.
/// </summary>
internal static class BatchMetadata
{
    private const string RowErrors = "row_errors";
    private const string InputFiles = "input_files";
    private const string Sample = "row_errors_sample.json";
    private const int SampleLines = 100;
    private const string JsonLines = "application/octet-stream";

    public static async Task<IResult> AnswerAsync(string id, HttpContext http, LakeFiles files, string? path)
    {
        Batch batch = await files.BatchAsync(Caller.Scope(http), id, http.RequestAborted);
        FileInfo? failed = files.FailedRecords(batch);
        string[] parts = path?.Split('/', 2) ?? [];
        switch (parts)
        {
            case []:
                return await ListAsync(http, id, failed, batch);
            case [RowErrors]:
                return Results.Json(DataAccessPage.For(http, failed is null ? [] : [Entry(http, id, RowErrors, failed.Name, failed.Length)]));
            case [RowErrors, { } name] when name == failed?.Name:
                return Results.File(failed.FullName, JsonLines, enableRangeProcessing: true);
            case [Sample] when failed is not null:
                return Results.Text(await SampleAsync(failed, http.RequestAborted), JsonLines, Encoding.UTF8);
            case [InputFiles]:
                return Results.Json(DataAccessPage.For(http, [.. InputFileList.Of(batch).Select(f =>
                    Entry(http, id, InputFiles, f.Name, Description(batch, f).Length))]));
            case [InputFiles, { } name] when InputFileList.Find(batch, name) is { } file:
                return Results.Bytes(Description(batch, file), "application/json");
            default:
                throw new RequestRefusedException(404, "file.unknown",
                    $"The batch '{id}' has no metadata '{path}'. There are '{RowErrors}' and '{InputFiles}'.");
        }
    }

    private static async Task<IResult> ListAsync(HttpContext http, string id, FileInfo? failed, Batch batch)
    {
        var entries = new List<JsonObject>();
        if (InputFileList.Of(batch).Count > 0) entries.Add(Entry(http, id, null, InputFiles, 0));
        if (failed is not null)
        {
            entries.Add(Entry(http, id, null, RowErrors, 0));
            entries.Add(Entry(http, id, null, Sample, Encoding.UTF8.GetByteCount(await SampleAsync(failed, http.RequestAborted))));
        }

        return Results.Json(DataAccessPage.For(http, entries));
    }

    private static JsonObject Entry(HttpContext http, string id, string? folder, string name, long length)
    {
        string path = folder is null ? name : $"{folder}/{name}";
        return DataAccessPage.File(
            name, length, $"{http.Request.Scheme}://{http.Request.Host}/data/foundation/export/batches/{id}/meta?path={Uri.EscapeDataString(path)}");
    }

    private static byte[] Description(Batch batch, InputFileEntry file) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["name"] = file.Name,
        ["sizeInBytes"] = file.SizeInBytes,
        ["format"] = batch.Format,
        ["isMultiLineJson"] = batch.IsMultiLineJson,
    }.ToJsonString());

    private static async Task<string> SampleAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        int lines = 0;
        await foreach (string line in File.ReadLinesAsync(file.FullName, cancellationToken))
        {
            if (lines++ == SampleLines) break;
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }
}
