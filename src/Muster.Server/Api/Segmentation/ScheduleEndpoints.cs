using System.Text.Json.Nodes;
using Muster.Server.Authentication;
using Muster.Services.Scheduling;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Server.Api.Segmentation;

/// <summary>Schedules. Updates come as PATCH and, from older clients, as POST.</summary>
internal static class ScheduleEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/data/core/ups/config/schedules").WithTags("Schedules");
        group.MapGet("/", ListAsync);
        group.MapPost("/", async (HttpContext http, ScheduleService service, JsonBody body, TimeProvider time) =>
        {
            SandboxScope scope = Caller.Scope(http);
            return Results.Json(Document(scope, await service.CreateAsync(scope, await body.ObjectAsync(http), http.RequestAborted), time));
        });
        group.MapGet("/{id}", async (string id, HttpContext http, ScheduleService service, TimeProvider time) =>
            Results.Json(Document(Caller.Scope(http), await service.GetAsync(Caller.Scope(http), id, http.RequestAborted), time)));
        group.MapPatch("/{id}", PatchAsync);
        group.MapPost("/{id}", PatchAsync);
        group.MapDelete("/{id}", async (string id, HttpContext http, ScheduleService service) =>
        {
            await service.DeleteAsync(Caller.Scope(http), id, http.RequestAborted);
            return Results.NoContent();
        });
    }

    private static async Task<IResult> ListAsync(HttpContext http, ScheduleService service, TimeProvider time)
    {
        Paging paging = Paging.Read(http.Request.Query);
        SandboxScope scope = Caller.Scope(http);
        IReadOnlyList<Schedule> all = await service.ListAsync(scope, http.RequestAborted);
        return Results.Json(paging.Envelope(all.Skip(paging.Skip).Take(paging.Limit).Select(s => Document(scope, s, time)), all.Count));
    }

    private static async Task<IResult> PatchAsync(string id, HttpContext http, ScheduleService service, JsonBody body)
    {
        await service.PatchAsync(Caller.Scope(http), id, await body.ArrayAsync(http), http.RequestAborted);
        return Results.NoContent();
    }

    private static JsonObject Document(SandboxScope scope, Schedule schedule, TimeProvider time)
    {
        var document = new JsonObject
        {
            ["id"] = schedule.Id,
            ["imsOrgId"] = scope.OrganizationId,
            ["sandbox"] = SandboxReference.For(scope),
            ["name"] = schedule.Name,
            ["state"] = schedule.State,
            ["type"] = schedule.Type,
            ["schedule"] = schedule.Cron,
            ["properties"] = JsonNode.Parse(schedule.Properties),
            ["createEpoch"] = schedule.CreatedAt / 1000,
            ["updateEpoch"] = schedule.UpdatedAt / 1000,
        };
        ScheduleFrequency frequency = CronRules.Check(schedule.Cron, strict: true, time.GetUtcNow()).Frequency;
        if (frequency != ScheduleFrequency.Other) document["frequency"] = frequency == ScheduleFrequency.Daily ? "daily" : "weekly";
        return document;
    }
}
