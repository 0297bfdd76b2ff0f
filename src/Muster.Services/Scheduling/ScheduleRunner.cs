using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Muster.Services.Export;
using Muster.Services.Requests;
using Muster.Services.Segmentation.Jobs;
using Muster.Services.Tenancy;
using Muster.Storage.ControlPlane;
using Quartz;

namespace Muster.Services.Scheduling;

/// <summary>
/// Decides whether a time of a schedule is taken, and starts its job. The row (schedule, time) and the job are one transaction: whoever asks
/// twice, or in two processes, gets one job. Knows no clock and no trigger; <see cref="ScheduleTriggers"/> calls it. Thread-safe.
/// </summary>
/// <param name="database">The control plane.</param>
/// <param name="segmentJobs">Starts evaluations.</param>
/// <param name="exports">Starts exports.</param>
/// <param name="time">Stamps what is taken.</param>
/// <param name="logger">Told of runs that could not start.</param>
public sealed class ScheduleRunner(
    IDbContextFactory<ControlPlaneContext> database, SegmentJobService segmentJobs, ExportJobService exports, TimeProvider time, ILogger<ScheduleRunner> logger)
{
    /// <summary>Takes a time of a schedule and starts its job.</summary>
    /// <returns>The id of the job; null if the schedule is off or gone, the time was taken before or lies before its activation, or the job was refused.</returns>
    public async Task<string?> FireAsync(string scheduleId, DateTimeOffset fireTime, CancellationToken cancellationToken)
    {
        long fire = fireTime.ToUnixTimeMilliseconds();
        try
        {
            await using ControlPlaneContext context = database.CreateDbContext();
            await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            if (await DueAsync(context, scheduleId, fire, cancellationToken) is not var (schedule, scope)) return null;
            (string job, Action start) = await AddJobAsync(context, schedule, scope, fire, cancellationToken);
            context.ScheduleFires.Add(NewFire(scheduleId, fire, job));
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            start();
            return job;
        }
        catch (RequestRefusedException refusal)
        {
            // Such as an export whose dataset was deleted. The time counts as taken, or every restart would try it again.
            logger.LogWarning("Schedule {Schedule} could not start its run of {FireTime:u}: {Reason}", scheduleId, fireTime, refusal.Message);
            await using ControlPlaneContext context = database.CreateDbContext();
            context.ScheduleFires.Add(NewFire(scheduleId, fire, null));
            await context.SaveChangesAsync(cancellationToken);
            return null;
        }
    }

    /// <summary>Starts one late run of every active schedule that missed its time since it was last taken or activated, however many it missed.</summary>
    /// <param name="now">Times up to this one are due.</param>
    /// <param name="cancellationToken">Gives up between schedules.</param>
    /// <returns>The ids of the jobs.</returns>
    public async Task<IReadOnlyList<string>> CatchUpAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using ControlPlaneContext context = database.CreateDbContext();
        List<Schedule> active = await context.Schedules.AsNoTracking().Where(s => s.State == "active").ToListAsync(cancellationToken);
        var jobs = new List<string>();
        foreach (Schedule schedule in active)
        {
            long taken = await context.ScheduleFires.Where(f => f.ScheduleId == schedule.Id).MaxAsync(f => (long?)f.FireTime, cancellationToken) ?? 0;
            DateTimeOffset since = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(taken, schedule.ActiveSince));
            if (LastBetween(schedule.Cron, since, now) is { } missed && await FireAsync(schedule.Id, missed, cancellationToken) is { } job) jobs.Add(job);
        }

        return jobs;
    }

    private static DateTimeOffset? LastBetween(string cron, DateTimeOffset after, DateTimeOffset until)
    {
        var expression = new CronExpression(cron, TimeZoneInfo.Utc);
        DateTimeOffset? last = null;
        for (DateTimeOffset? next = expression.GetNextValidTimeAfter(after); next <= until; next = expression.GetNextValidTimeAfter(next.Value)) last = next;
        return last;
    }

    private static async Task<(Schedule Schedule, SandboxScope Scope)?> DueAsync(
        ControlPlaneContext context, string scheduleId, long fire, CancellationToken cancellationToken)
    {
        Schedule? schedule = await context.Schedules.AsNoTracking().SingleOrDefaultAsync(s => s.Id == scheduleId && s.State == "active", cancellationToken);
        if (schedule is null || fire < schedule.ActiveSince) return null;
        if (await context.ScheduleFires.AnyAsync(f => f.ScheduleId == scheduleId && f.FireTime == fire, cancellationToken)) return null;
        Sandbox? sandbox = await context.Sandboxes.AsNoTracking().SingleOrDefaultAsync(s => s.Id == schedule.SandboxId && s.State == "active", cancellationToken);
        return sandbox is null ? null : (schedule, new SandboxScope(sandbox.OrganizationId, sandbox.Id, sandbox.Name, sandbox.Type, sandbox.IsDefault));
    }

    private async Task<(string Id, Action Start)> AddJobAsync(
        ControlPlaneContext context, Schedule schedule, SandboxScope scope, long fire, CancellationToken cancellationToken)
    {
        string requestId = FormattableString.Invariant($"{schedule.Id}-{fire}");
        JsonObject properties = JsonNode.Parse(schedule.Properties)!.AsObject();
        if (schedule.Type == "export")
        {
            ExportJob export = await exports.AddAsync(context, scope, JsonSerializer.SerializeToElement(properties), requestId, null, cancellationToken);
            return (FormattableString.Invariant($"{export.Id}"), () => exports.Start(export));
        }

        IReadOnlyList<string>? segments = properties.Texts("segments");
        if (segments is ["*"]) segments = null;
        // Definitions that were deleted since are left out: one of them must not stop the others.
        if (segments is not null)
            segments = await context.SegmentDefinitions.Where(d => d.SandboxId == scope.SandboxId && segments.Contains(d.Id)).Select(d => d.Id).ToListAsync(cancellationToken);
        string run = new JsonObject { ["scheduleId"] = schedule.Id, ["runId"] = Guid.NewGuid().ToString() }.ToJsonString();
        SegmentJob job = await segmentJobs.AddAsync(context, scope, new NewSegmentJob(segments, "scheduler", requestId, null, run), cancellationToken);
        return (job.Id, () => segmentJobs.Start(job));
    }

    private ScheduleFire NewFire(string scheduleId, long fire, string? job) =>
        new() { ScheduleId = scheduleId, FireTime = fire, JobId = job, At = time.GetUtcNow().ToUnixTimeMilliseconds() };
}
