using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Muster.Services.Export;
using Muster.Services.Requests;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;

namespace Muster.Services.Scheduling;

/// <summary>The schedules of a sandbox: one of each type, at most one run a day.</summary>
/// <param name="database">The control plane.</param>
/// <param name="triggers">Told of every change after it is committed.</param>
/// <param name="time">Stamps changes.</param>
public sealed class ScheduleService(IDbContextFactory<ControlPlaneContext> database, ScheduleTriggers triggers, TimeProvider time)
{
    /// <summary>Scheduled evaluation is possible with at most so many merge policies in the sandbox.</summary>
    public const int MaxMergePolicies = 5;

    private const string DefaultCron = "0 0 1 * * ?";

    /// <summary>Makes a schedule.</summary>
    public async Task<Schedule> CreateAsync(SandboxScope scope, JsonObject body, CancellationToken cancellationToken)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var schedule = new Schedule
        {
            Id = Guid.NewGuid().ToString(),
            SandboxId = scope.SandboxId,
            Name = body.RequiredText("name"),
            Type = Type(body.RequiredText("type")),
            Properties = body.RequiredObject("properties").ToJsonString(),
            Cron = Cron(body.Text("schedule") ?? DefaultCron, "schedule"),
            State = State(body.Text("state") ?? "inactive", "state"),
            ActiveSince = now,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using ControlPlaneContext context = database.CreateDbContext();
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await CheckPropertiesAsync(context, scope, schedule.Type, body.RequiredObject("properties"), cancellationToken);
        if (await context.Schedules.AnyAsync(s => s.SandboxId == scope.SandboxId && s.Type == schedule.Type, cancellationToken))
            throw new RequestRefusedException(400, "schedule.exists", $"The sandbox has a schedule of the type '{schedule.Type}' already; there can be one. Change it with PATCH.");
        await RequireFewMergePoliciesAsync(context, scope, cancellationToken);
        context.Schedules.Add(schedule);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        // Not given up when the client goes away: the row is committed, and the trigger must follow it.
        await triggers.SetAsync(schedule.Id, CancellationToken.None);
        return schedule;
    }

    /// <summary>All schedules of the sandbox, oldest first; there are few.</summary>
    public async Task<IReadOnlyList<Schedule>> ListAsync(SandboxScope scope, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        return await context.Schedules.AsNoTracking().Where(s => s.SandboxId == scope.SandboxId)
            .OrderBy(s => s.CreatedAt).ThenBy(s => s.Id).ToListAsync(cancellationToken);
    }

    /// <summary>One schedule.</summary>
    public async Task<Schedule> GetAsync(SandboxScope scope, string id, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        return await FindAsync(context, scope, id, cancellationToken);
    }

    /// <summary>Sets <c>/state</c> and <c>/schedule</c>: all operations or none.</summary>
    public async Task PatchAsync(SandboxScope scope, string id, JsonArray operations, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        Schedule schedule = await FindAsync(context, scope, id, cancellationToken);
        (string state, string cron) before = (schedule.State, schedule.Cron);
        foreach (JsonNode? operation in operations) Set(schedule, JsonFields.AsObject(operation));
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        bool activated = schedule.State == "active" && before.state != "active";
        if (activated) await RequireFewMergePoliciesAsync(context, scope, cancellationToken);
        // Times that passed while it was off, or of the old expression, are not missed ones.
        if (activated || schedule.Cron != before.cron) schedule.ActiveSince = now;
        schedule.UpdatedAt = now;
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await triggers.SetAsync(id, CancellationToken.None);
    }

    /// <summary>Deletes a schedule; jobs that it started go on.</summary>
    public async Task DeleteAsync(SandboxScope scope, string id, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        Schedule schedule = await FindAsync(context, scope, id, cancellationToken);
        context.Schedules.Remove(schedule);
        await context.ScheduleFires.Where(f => f.ScheduleId == id).ExecuteDeleteAsync(cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await triggers.SetAsync(id, CancellationToken.None);
    }

    private void Set(Schedule schedule, JsonObject operation)
    {
        string op = operation.RequiredText("op");
        if (op is not ("add" or "replace")) throw JsonFields.WrongValue("op", "must be 'add' or 'replace'");
        string path = operation.RequiredText("path");
        string value = operation.RequiredText("value");
        if (path == "/state") schedule.State = State(value, "value");
        else if (path == "/schedule") schedule.Cron = Cron(value, "value");
        else throw JsonFields.WrongValue("path", "must be '/state' or '/schedule'");
    }

    private static string Type(string type) =>
        type is "batch_segmentation" or "export" ? type : throw JsonFields.WrongValue("type", "must be 'batch_segmentation' or 'export'");

    private static string State(string state, string field) =>
        state is "active" or "inactive" ? state : throw JsonFields.WrongValue(field, "must be 'active' or 'inactive'");

    private string Cron(string expression, string field)
    {
        CronCheck check = CronRules.Check(expression, strict: true, time.GetUtcNow());
        return check.Ok ? expression : throw new RequestRefusedException(400, check.Code!, $"The field '{field}': {check.Message}");
    }

    private static async Task CheckPropertiesAsync(
        ControlPlaneContext context, SandboxScope scope, string type, JsonObject properties, CancellationToken cancellationToken)
    {
        if (type == "export")
        {
            ExportRequestReader.Read(JsonSerializer.SerializeToElement(properties));
            return;
        }

        IReadOnlyList<string> segments = properties.Texts("segments") ?? throw JsonFields.Missing("properties.segments");
        if (segments.Count == 0) throw JsonFields.WrongValue("properties.segments", "must name segments, or be [\"*\"] for all");
        if (segments is ["*"]) return;
        List<string> known = await context.SegmentDefinitions
            .Where(d => d.SandboxId == scope.SandboxId && segments.Contains(d.Id)).Select(d => d.Id).ToListAsync(cancellationToken);
        if (segments.Except(known).FirstOrDefault() is { } unknown)
            throw new RequestRefusedException(400, "segment.unknown", $"There is no segment definition '{unknown}' in this sandbox.");
    }

    private static async Task RequireFewMergePoliciesAsync(ControlPlaneContext context, SandboxScope scope, CancellationToken cancellationToken)
    {
        int policies = await context.MergePolicies.CountAsync(p => p.SandboxId == scope.SandboxId && p.SchemaName == "_xdm.context.profile", cancellationToken);
        if (policies <= MaxMergePolicies) return;
        throw new RequestRefusedException(
            400, "schedule.mergePolicies", $"Scheduled evaluation needs at most {MaxMergePolicies} merge policies for profiles in the sandbox; it has {policies}.");
    }

    private static async Task<Schedule> FindAsync(ControlPlaneContext context, SandboxScope scope, string id, CancellationToken cancellationToken) =>
        await context.Schedules.SingleOrDefaultAsync(s => s.Id == id && s.SandboxId == scope.SandboxId, cancellationToken)
        ?? throw new RequestRefusedException(404, "schedule.unknown", $"There is no schedule '{id}' in this sandbox.");
}
