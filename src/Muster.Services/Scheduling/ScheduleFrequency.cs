namespace Muster.Services.Scheduling;

/// <summary>How often a schedule fires, as its cron expression says.</summary>
public enum ScheduleFrequency
{
    /// <summary>Neither of the others.</summary>
    Other,

    /// <summary>Once on each day.</summary>
    Daily,

    /// <summary>Once on one day of each week.</summary>
    Weekly,
}
