using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Muster.Storage.ControlPlane;
using Quartz;

namespace Muster.Services.Scheduling;

/// <summary>
/// The timers of active schedules, in memory only: the rows are the truth, and every start makes the triggers anew from them after it has caught
/// up with what was missed. Thread-safe.
/// </summary>
/// <param name="database">The control plane.</param>
/// <param name="schedulers">Gives the scheduler of the host.</param>
/// <param name="runner">Does what is due.</param>
/// <param name="time">Tells what was missed.</param>
public sealed class ScheduleTriggers(IDbContextFactory<ControlPlaneContext> database, ISchedulerFactory schedulers, ScheduleRunner runner, TimeProvider time)
    : IHostedService, IDisposable
{
    private const string ScheduleIdKey = "scheduleId";

    // Reading the row and setting its trigger is one step, or the slower of two changes would leave the trigger of the older row.
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Catches up, then sets all triggers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await runner.CatchUpAsync(time.GetUtcNow(), cancellationToken);
        await using ControlPlaneContext context = database.CreateDbContext();
        List<string> active = await context.Schedules.Where(s => s.State == "active").Select(s => s.Id).ToListAsync(cancellationToken);
        foreach (string schedule in active) await SetAsync(schedule, cancellationToken);
        await (await schedulers.GetScheduler(cancellationToken)).Start(cancellationToken);
    }

    /// <summary>Stops; a job that is being started is finished first.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await (await schedulers.GetScheduler(cancellationToken)).Shutdown(true, cancellationToken);

    /// <summary>Makes the trigger of a schedule agree with its row as it is now; a schedule that is off, gone, or has no time left gets none.</summary>
    public async Task SetAsync(string scheduleId, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
            await scheduler.DeleteJob(new JobKey(scheduleId), cancellationToken);
            await using ControlPlaneContext context = database.CreateDbContext();
            Schedule? schedule = await context.Schedules.AsNoTracking().SingleOrDefaultAsync(s => s.Id == scheduleId && s.State == "active", cancellationToken);
            // An expression may name a year that has passed; the scheduler refuses triggers that never fire.
            if (schedule is null || new CronExpression(schedule.Cron, TimeZoneInfo.Utc).GetNextValidTimeAfter(time.GetUtcNow()) is null) return;
            IJobDetail job = JobBuilder.Create<FireJob>().WithIdentity(scheduleId).UsingJobData(ScheduleIdKey, scheduleId).Build();
            ITrigger trigger = TriggerBuilder.Create(time).WithIdentity(scheduleId)
                .WithSchedule(CronScheduleBuilder.Create(schedule.Cron).InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
                .Build();
            await scheduler.ScheduleJob(job, trigger, cancellationToken: cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private sealed class FireJob(ScheduleRunner runner) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            string scheduleId = context.MergedJobDataMap.GetString(ScheduleIdKey)!;
            await runner.FireAsync(scheduleId, context.ScheduledFireTimeUtc ?? context.FireTimeUtc, cancellationToken);
        }
    }
}
