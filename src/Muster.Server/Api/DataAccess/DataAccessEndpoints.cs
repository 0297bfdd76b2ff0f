using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.Catalog;
using Muster.Services.DataAccess;
using Muster.Services.Ingestion;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.DataAccess;

/// <summary>Data access: the files of batches, whole or in ranges, and the records that failed.</summary>
internal static class DataAccessEndpoints
{
    private const string Base = "/data/foundation/export";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup(Base).WithTags("Data access");
        group.MapGet("/batches/{id}/files", FilesAsync);
        group.MapGet("/batches/{id}/failed", FailedAsync);
        group.MapGet("/batches/{id}/meta", (string id, HttpContext http, LakeFiles files) =>
            BatchMetadata.AnswerAsync(id, http, files, FilePath(http)?.TrimEnd('/')));
        group.MapMethods("/files/{id}", ["GET", "HEAD"], FileAsync);
    }

    private static async Task<IResult> FilesAsync(string id, HttpContext http, LakeFiles files)
    {
        Batch batch = await files.BatchAsync(Caller.Scope(http), id, http.RequestAborted);
        IReadOnlyList<BatchFile> found = LakeFiles.Files(batch);
        if (found.Count == 0) return Results.Json(DataAccessPage.For(http, []));
        string fileId = LakeFiles.FileId(batch);
        var entry = new JsonObject
        {
            ["dataSetFileId"] = fileId,
            ["dataSetViewId"] = DatasetViews.IdOf(batch.DatasetId),
            ["version"] = "1.0.0",
            ["created"] = DataAccessPage.Text(batch.CreatedAt),
            ["updated"] = DataAccessPage.Text(batch.UpdatedAt),
            ["records"] = DataAccessPage.Text(found.Sum(f => f.Rows)),
            ["size"] = DataAccessPage.Text(found.Sum(f => f.Bytes)),
            ["isValid"] = true,
            ["_links"] = new JsonObject { ["self"] = new JsonObject { ["href"] = $"{Host(http)}{Base}/files/{fileId}" } },
        };
        return Results.Json(DataAccessPage.For(http, [entry]));
    }

    private static async Task<IResult> FileAsync(string id, HttpContext http, LakeFiles files)
    {
        Batch batch = await files.BatchOfFileAsync(Caller.Scope(http), id, http.RequestAborted);
        if (FilePath(http) is { } name)
        {
            string type = name.EndsWith(".parquet", StringComparison.Ordinal) ? "application/parquet" : "application/octet-stream";
            return Results.File(files.Locate(batch, name), type, enableRangeProcessing: true);
        }

        if (HttpMethods.IsHead(http.Request.Method)) throw new RequestRefusedException(400, "request.query", "The query parameter 'path' is missing.");
        return Results.Json(DataAccessPage.For(http, [.. LakeFiles.Files(batch).Select(f => DataAccessPage.File(
            f.Name, f.Bytes, $"{Host(http)}{Base}/files/{id}?path={Uri.EscapeDataString(f.Name)}"))]));
    }

    // Failed records are one file; "path" names it.
    private static async Task<IResult> FailedAsync(string id, HttpContext http, LakeFiles files)
    {
        FileInfo? failed = files.FailedRecords(await files.BatchAsync(Caller.Scope(http), id, http.RequestAborted));
        if (FilePath(http) is not { } path)
        {
            return Results.Json(DataAccessPage.For(http, failed is null ? [] : [DataAccessPage.File(
                failed.Name, failed.Length, $"{Host(http)}{Base}/batches/{id}/failed?path={Uri.EscapeDataString(failed.Name)}")]));
        }

        return failed is not null && path == failed.Name
            ? Results.File(failed.FullName, "application/octet-stream", enableRangeProcessing: true)
            : throw new RequestRefusedException(404, "file.unknown", $"The batch '{id}' has no file '{path}'.");
    }

    private static string Host(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}";

    /// <summary>The path that a client asks for, under the same rules as the one under which a file is sent.</summary>
    private static string? FilePath(HttpContext http) => http.Request.Query.Text("path") is { } path ? UploadPath.Normalize(path) : null;
}
