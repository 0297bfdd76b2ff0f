using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services;
using Muster.Services.Catalog;
using Muster.Services.Ingestion;
using Muster.Services.Requests;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Ingestion;

/// <summary>Batch ingestion: open a batch, upload its files, complete it.</summary>
internal static class BatchIngestionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/foundation/import/batches").WithTags("Batch ingestion");
        group.MapPost("/", CreateAsync);
        group.MapGet("/{id}", async (string id, HttpContext http, BatchService service) =>
            Results.Json(BatchDocument.For(Caller.Scope(http), await service.GetAsync(Caller.Scope(http), id, http.RequestAborted))));
        group.MapPost("/{id}", ActAsync);
        group.MapPut("/{id}/datasets/{dataset}/files/{**path}", UploadAsync);
        group.MapMethods("/{id}/datasets/{dataset}/files/{**path}", ["HEAD"], HeadAsync);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, BatchService service, JsonBody body)
    {
        JsonObject fields = await body.ObjectAsync(http);
        JsonObject format = fields.RequiredObject("inputFormat");
        double? share = null;
        if (fields["partialIngestionPercentage"] is { } given)
            share = given.GetValueKind() == JsonValueKind.Number ? given.GetValue<double>() : throw JsonFields.WrongType("partialIngestionPercentage", "a number");
        JsonObject? tags = fields.Object("tags");
        foreach ((string tag, _) in tags ?? []) _ = tags!.Texts(tag) ?? throw JsonFields.WrongType("tags", "an object of arrays of strings");
        if (fields.Object("replay") is not null) throw JsonFields.WrongValue("replay", "is not supported: batches cannot replace others");
        var request = new NewBatch(
            fields.RequiredText("datasetId"), format.RequiredText("format"), format.Flag("isMultiLineJson") ?? false,
            fields.Flag("enableErrorDiagnostics") ?? false, share, fields.Text("externalId"), tags?.ToJsonString());
        SandboxScope scope = Caller.Scope(http);
        Batch batch = await service.CreateAsync(scope, request, http.RequestAborted);
        return Results.Json(BatchDocument.For(scope, batch), statusCode: 201);
    }

    private static async Task<IResult> ActAsync(string id, HttpContext http, BatchService service)
    {
        string action = http.Request.Query.Text("action") ?? http.Request.Query.Text("actions")
            ?? throw new RequestRefusedException(400, "request.query", "The query parameter 'action' is missing: COMPLETE or ABORT.");
        switch (action.ToUpperInvariant())
        {
            case "COMPLETE": await service.CompleteAsync(Caller.Scope(http), id, http.RequestAborted); break;
            case "ABORT": await service.AbortAsync(Caller.Scope(http), id, http.RequestAborted); break;
            default: throw new RequestRefusedException(400, "batch.action", $"The action '{action}' is not supported. Use COMPLETE or ABORT.");
        }

        return Results.Ok();
    }

    private static async Task<IResult> UploadAsync(string id, string dataset, HttpContext http, BatchService service)
    {
        await service.UploadAsync(Caller.Scope(http), id, dataset, UploadTarget.PathOf(http), http.Request.Body, http.RequestAborted);
        return Results.Ok();
    }

    private static async Task<IResult> HeadAsync(string id, string dataset, HttpContext http, BatchService service)
    {
        string path = UploadPath.Normalize(UploadTarget.PathOf(http));
        Batch batch = await service.GetAsync(Caller.Scope(http), id, http.RequestAborted);
        IReadOnlyList<Upload> uploads = await service.UploadsAsync(Caller.Scope(http), id, http.RequestAborted);
        Upload? upload = batch.DatasetId == dataset ? uploads.SingleOrDefault(u => u.Path == path) : null;
        if (upload is null) throw new RequestRefusedException(404, "batch.file", $"The batch '{id}' has no file '{path}'.");
        http.Response.ContentLength = upload.Bytes;
        http.Response.ContentType = "application/octet-stream";
        return Results.Empty;
    }
}
