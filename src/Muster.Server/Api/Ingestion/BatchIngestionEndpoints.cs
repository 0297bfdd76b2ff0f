using Muster.Server.Authentication;
using Muster.Services.Catalog;
using Muster.Services.Ingestion;
using Muster.Services.Tenancy;

namespace Muster.Server.Api.Ingestion;

/// <summary>Batch ingestion: open a batch, upload its files, complete it.</summary>
internal static class BatchIngestionEndpoints
{
    private const string File = "/{id}/datasets/{dataset}/files/{**path}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/foundation/import/batches").WithTags("Batch ingestion");
        group.MapPost("/", CreateAsync);
        group.MapGet("/{id}", async (string id, HttpContext http, BatchService service) =>
            Results.Json(BatchDocument.For(Caller.Scope(http), await service.GetAsync(Caller.Scope(http), id, http.RequestAborted))));
        group.MapPost("/{id}", ActAsync);
        group.MapPut(File, UploadAsync);
        group.MapMethods(File, ["HEAD"], HeadAsync);
        LargeUploadEndpoints.Map(group, File);
        PreviewEndpoint.Map(group);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, BatchService service, JsonBody body)
    {
        SandboxScope scope = Caller.Scope(http);
        NewBatch request = NewBatchReader.Read(await body.ObjectAsync(http)) with { Client = Caller.Of(http).ClientId };
        return Results.Json(BatchDocument.For(scope, await service.CreateAsync(scope, request, http.RequestAborted)), statusCode: 201);
    }

    private static async Task<IResult> ActAsync(string id, HttpContext http, BatchService service)
    {
        SandboxScope scope = Caller.Scope(http);
        string action = BatchActions.Read(http.Request.Query, "COMPLETE", "ABORT", "FAIL", "REVERT");
        await (action switch
        {
            "COMPLETE" => service.CompleteAsync(scope, id, http.RequestAborted),
            "ABORT" => service.AbortAsync(scope, id, http.RequestAborted),
            "REVERT" => service.RevertAsync(scope, id, http.RequestAborted),
            _ => service.FailAsync(scope, id, http.RequestAborted),
        });
        return Results.Ok();
    }

    private static async Task<IResult> UploadAsync(string id, string dataset, HttpContext http, BatchService service)
    {
        await service.UploadAsync(Caller.Scope(http), id, dataset, UploadTarget.PathOf(http), http.Request.Body, http.RequestAborted);
        return Results.Ok();
    }

    private static async Task<IResult> HeadAsync(string id, string dataset, HttpContext http, BatchService service)
    {
        StoredUpload file = await service.FindFileAsync(Caller.Scope(http), id, dataset, UploadTarget.PathOf(http), http.RequestAborted);
        http.Response.ContentLength = file.Bytes;
        http.Response.ContentType = "application/octet-stream";
        if (file.Bytes > 0) http.Response.Headers.Range = FormattableString.Invariant($"bytes=0-{file.Bytes - 1}");
        return Results.Empty;
    }
}
