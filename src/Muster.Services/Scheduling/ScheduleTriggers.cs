using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Muster.Storage.ControlPlane;
using Quartz;

namespace Muster.Services.Scheduling;

/// <summary>
/// The timers of active schedules, in memory only: the rows are the truth, and every start makes the triggers anew from them after it has caught
/// up with what was missed.
/// </summary>
/// <param name="database">The control plane.</param>
/// <param name="schedulers">Gives the scheduler of the host.</param>
/// <param name="runner">Does what is due.</param>
/// <param name="time">Tells what was missed.</param>
public sealed class ScheduleTriggers(IDbContextFactory<ControlPlaneContext> database, ISchedulerFactory schedulers, ScheduleRunner runner, TimeProvider time)
    : IHostedService
{
    private const string ScheduleIdKey = "scheduleId";

    /// <summary>Catches up, then sets all triggers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await runner.CatchUpAsync(time.GetUtcNow(), cancellationToken);
        await using ControlPlaneContext context = database.CreateDbContext();
        List<Schedule> active = await context.Schedules.AsNoTracking().Where(s => s.State == "active").ToListAsync(cancellationToken);
        foreach (Schedule schedule in active) await SetAsync(schedule, cancellationToken);
        await (await schedulers.GetScheduler(cancellationToken)).Start(cancellationToken);
    }

    /// <summary>Stops; a job that is being started is finished first.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await (await schedulers.GetScheduler(cancellationToken)).Shutdown(true, cancellationToken);

    /// <summary>Makes the trigger of a schedule agree with its row.</summary>
    public async Task SetAsync(Schedule schedule, CancellationToken cancellationToken)
    {
        await RemoveAsync(schedule.Id, cancellationToken);
        if (schedule.State != "active") return;
        IScheduler scheduler = await schedulers.GetScheduler(cancellationToken);
        IJobDetail job = JobBuilder.Create<FireJob>().WithIdentity(schedule.Id).UsingJobData(ScheduleIdKey, schedule.Id).Build();
        ITrigger trigger = TriggerBuilder.Create(time).WithIdentity(schedule.Id)
            .WithSchedule(CronScheduleBuilder.Create(schedule.Cron).InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
            .Build();
        await scheduler.ScheduleJob(job, trigger, cancellationToken: cancellationToken);
    }

    /// <summary>Takes the trigger of a schedule away, if it has one.</summary>
    public async Task RemoveAsync(string scheduleId, CancellationToken cancellationToken) =>
        await (await schedulers.GetScheduler(cancellationToken)).DeleteJob(new JobKey(scheduleId), cancellationToken);

    private sealed class FireJob(ScheduleRunner runner) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            string scheduleId = context.MergedJobDataMap.GetString(ScheduleIdKey)!;
            await runner.FireAsync(scheduleId, context.ScheduledFireTimeUtc ?? context.FireTimeUtc, cancellationToken);
        }
    }
}
