using System.Text.Json.Nodes;
using Muster.Pql;
using Muster.Server.Authentication;
using Muster.Services.Segmentation.Definitions;
using Muster.Services.Tenancy;

namespace Muster.Server.Api.Segmentation;

/// <summary>Turns a query from one form into the other; nothing is stored.</summary>
internal static class ConversionEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/data/core/ups/segment/conversion", ConvertAsync).WithTags("Segment definitions");

    private static async Task<IResult> ConvertAsync(HttpContext http, JsonBody body)
    {
        JsonObject request = await body.ObjectAsync(http);
        (PqlFormat format, string value) = ExpressionConversion.Convert(request);
        SandboxScope scope = Caller.Scope(http);
        var answer = new JsonObject
        {
            ["imsOrgId"] = scope.OrganizationId,
            ["sandbox"] = SandboxReference.For(scope),
            ["description"] = request["description"]?.DeepClone() ?? "",
            ["expression"] = new JsonObject
            {
                ["type"] = "PQL",
                ["format"] = format == PqlFormat.Json ? "pql/json" : "pql/text",
                ["value"] = value,
            },
        };
        foreach (string name in (string[])["ttlInDays", "profileInstanceId", "payloadSchema", "schema"])
            if (request[name] is { } echoed) answer[name] = echoed.DeepClone();
        return Results.Json(answer);
    }
}
