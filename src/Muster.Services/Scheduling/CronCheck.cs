namespace Muster.Services.Scheduling;

/// <summary>What a schedule's cron expression means, or why it is refused.</summary>
/// <param name="Ok">True if it may be used.</param>
/// <param name="Code">Why not: one of the codes of <see cref="CronRules"/>; null if it may.</param>
/// <param name="Message">The same for people, naming the field; null if it may.</param>
/// <param name="NextFires">The next five times, UTC, ascending; fewer if it ends sooner, none if it is refused.</param>
/// <param name="Frequency">How often it fires; <see cref="ScheduleFrequency.Other"/> if it is refused.</param>
public sealed record CronCheck(
    bool Ok, string? Code, string? Message, IReadOnlyList<DateTimeOffset> NextFires, ScheduleFrequency Frequency)
{
    internal static CronCheck Refused(string code, string message) => new(false, code, message, [], ScheduleFrequency.Other);
}
