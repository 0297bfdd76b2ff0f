using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api;

/// <summary>For whoever watches the process; no login.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new JsonObject { ["status"] = "live" })).WithTags("Health");
        routes.MapGet("/health/ready", ReadyAsync).WithTags("Health");
    }

    private static async Task<IResult> ReadyAsync(HttpContext http, IDbContextFactory<ControlPlaneContext> database)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        bool ready = await context.Database.CanConnectAsync(http.RequestAborted);
        return Results.Json(new JsonObject { ["status"] = ready ? "ready" : "unavailable" }, statusCode: ready ? 200 : 503);
    }
}
