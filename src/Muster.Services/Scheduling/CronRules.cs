using Quartz;

namespace Muster.Services.Scheduling;

/// <summary>
/// The rules of schedules on top of the scheduler's cron expressions, which allow more: six or seven fields, <c>?</c> in exactly one of
/// the two day fields, and at most one run in any 24 hours. All times are UTC.
/// </summary>
public static class CronRules
{
    /// <summary>The expression has not six or seven fields.</summary>
    public const string FieldCount = "cron.fieldCount";

    /// <summary>A field has a value or a form that it does not know.</summary>
    public const string Field = "cron.field";

    /// <summary>Both day fields say something, or neither does.</summary>
    public const string DayFields = "cron.dayFields";

    /// <summary>It fires more than once in some 24 hours.</summary>
    public const string TooFrequent = "cron.tooFrequent";

    /// <summary>It does not fire again.</summary>
    public const string NeverFires = "cron.neverFires";

    private const int FiresShown = 5;

    private static readonly CronField[] Fields =
    [
        CronField.Seconds, CronField.Minutes, CronField.Hours, CronField.DayOfMonth, CronField.Month, CronField.DayOfWeek, CronField.Year,
    ];

    /// <summary>Checks an expression and tells when it fires.</summary>
    /// <param name="expression">The fields, parted by spaces.</param>
    /// <param name="strict">False to allow more than one run in 24 hours.</param>
    /// <param name="from">Fires after this instant are looked for.</param>
    public static CronCheck Check(string expression, bool strict, DateTimeOffset from)
    {
        string[] texts = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (texts.Length is not (6 or 7)) return CronCheck.Refused(FieldCount, WrongCount(expression, texts));
        SortedSet<int>?[] values = new SortedSet<int>?[texts.Length];
        for (int i = 0; i < texts.Length; i++)
            if (!Fields[i].TryRead(texts[i], out values[i], out string? problem)) return CronCheck.Refused(Field, problem!);
        if ((texts[3] == "?") == (texts[5] == "?")) return CronCheck.Refused(DayFields, WrongDays(texts));
        bool oneTimeOfDay = values.Take(3).All(times => times!.Count == 1);
        if (strict && !oneTimeOfDay) return CronCheck.Refused(TooFrequent, Often(texts, values));

        CronExpression cron;
        try
        {
            cron = new CronExpression(string.Join(' ', texts), TimeZoneInfo.Utc);
        }
        catch (FormatException e)
        {
            // What the fields allow one by one and the scheduler does not, such as a list with L.
            return CronCheck.Refused(Field, $"The cron expression '{expression}' is not supported: {e.Message}");
        }
        List<DateTimeOffset> fires = [];
        for (DateTimeOffset? next = cron.GetNextValidTimeAfter(from); next is { } fire && fires.Count < FiresShown;)
        {
            fires.Add(fire.ToUniversalTime());
            next = cron.GetNextValidTimeAfter(fire);
        }
        if (fires.Count == 0) return CronCheck.Refused(NeverFires, $"The cron expression '{expression}' never fires after {from:u}.");
        for (int i = 1; strict && i < fires.Count; i++)
        {
            if (fires[i] - fires[i - 1] < TimeSpan.FromHours(24))
                return CronCheck.Refused(TooFrequent, $"It fires at {fires[i - 1]:u} and again at {fires[i]:u}; {OnceADay}.");
        }
        return new CronCheck(true, null, null, fires, oneTimeOfDay ? Frequency(texts, values) : ScheduleFrequency.Other);
    }

    private const string OnceADay = "a schedule may run at most once in 24 hours";

    private static ScheduleFrequency Frequency(string[] texts, SortedSet<int>?[] values)
    {
        bool allMonths = values[4]!.Count == 12, allYears = texts.Length == 6 || texts[6] == "*";
        if (!allMonths || !allYears) return ScheduleFrequency.Other;
        if (texts[5] == "?") return values[3]?.Count == 31 ? ScheduleFrequency.Daily : ScheduleFrequency.Other;
        return values[5]?.Count switch
        {
            7 => ScheduleFrequency.Daily,
            1 => ScheduleFrequency.Weekly,
            _ => ScheduleFrequency.Other,
        };
    }

    private static string WrongCount(string expression, string[] texts)
    {
        string hint = texts.Length == 5
            ? " Cron with five fields has no seconds; here they come first, and one of the two day fields is '?'."
            : "";
        return $"A cron expression has 6 or 7 fields (seconds, minutes, hours, day of month, month, day of week, and a year if wanted); "
            + $"'{expression}' has {texts.Length}.{hint} Every day at 01:00 UTC is '0 0 1 * * ?'.";
    }

    private static string WrongDays(string[] texts)
    {
        if (texts[3] == "?")
            return "The day of month and the day of week field are both '?': one of them must name days, for example '*' for every day.";
        string proposal = texts[5] == "*" ? " Write '?' as the day of week."
            : texts[3] == "*" ? " Write '?' as the day of month."
            : " Days are chosen by month or by week, not by both.";
        return $"The day of month field '{texts[3]}' and the day of week field '{texts[5]}' both name days: "
            + $"one of them must be '?'.{proposal}";
    }

    private static string Often(string[] texts, SortedSet<int>?[] values)
    {
        int field = Enumerable.Range(0, 3).First(i => values[i]!.Count > 1);
        return $"The {Fields[field].Name} field '{texts[field]}' names {values[field]!.Count} values, and {OnceADay}: it must name one.";
    }
}
