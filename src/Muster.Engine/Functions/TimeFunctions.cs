using Muster.Engine.Values;
using Muster.Pql.Binding;
using Muster.Pql.Time;

namespace Muster.Engine.Functions;

/// <summary>Functions of instants: all in UTC, months and years by the calendar.</summary>
internal static class TimeFunctions
{
    private const long Minute = 60_000, Hour = 3_600_000;

    public static Dictionary<string, ScalarImplementation> All { get; } = new(StringComparer.Ordinal)
    {
        ["addDays"] = Shift(TimeUnit.Day),
        ["addHours"] = Shift(TimeUnit.Hour),
        ["addMinutes"] = Shift(TimeUnit.Minute),
        ["addMonths"] = Shift(TimeUnit.Month),
        ["addSeconds"] = Shift(TimeUnit.Second),
        ["addYears"] = Shift(TimeUnit.Year),
        ["age"] = (a, now) => Months(At(a, 0), now) / 12,
        ["ageInDays"] = (a, now) => (long)(((Int128)now - At(a, 0)) / Calendar.MillisecondsPerDay),
        ["ageInMonths"] = (a, now) => Months(At(a, 0), now),
        ["compareDates"] = (a, _) => (long)At(a, 0).CompareTo(At(a, 1)),
        // An instant is the same in every zone.
        ["convertZonedDateTime"] = (a, _) => a[0],
        ["currentDayOfMonth"] = (_, now) => (long)DateOf(now).Day,
        ["currentMonth"] = (_, now) => (long)DateOf(now).Month,
        ["currentTimeInMillis"] = (_, now) => now,
        ["currentYear"] = (_, now) => DateOf(now).Year,
        ["dateBetween"] = (a, _) => At(a, 1) <= At(a, 0) && At(a, 0) <= At(a, 2),
        ["dateDiff"] = (a, _) => Calendar.DayOf(At(a, 1)) - Calendar.DayOf(At(a, 0)),
        ["dayOfMonth"] = (a, _) => (long)DateOf(At(a, 0)).Day,
        // 1970-01-01 was a Thursday.
        ["dayOfWeek"] = (a, _) => Rest(Calendar.DayOf(At(a, 0)) + 3, 7) + 1,
        ["dayOfYear"] = (a, _) => Calendar.DayOf(At(a, 0)) - Calendar.DayOf(Calendar.Floor(At(a, 0), TimeUnit.Year)) + 1,
        ["diffInHours"] = Difference(Hour),
        ["diffInMinutes"] = Difference(Minute),
        ["diffInMonths"] = (a, _) => Months(At(a, 1), At(a, 0)),
        ["diffInSeconds"] = Difference(1_000),
        ["diffInYears"] = (a, _) => Months(At(a, 1), At(a, 0)) / 12,
        ["extractHours"] = (a, _) => Rest(At(a, 0), Calendar.MillisecondsPerDay) / Hour,
        ["extractMinutes"] = (a, _) => Rest(At(a, 0), Hour) / Minute,
        ["extractMonth"] = (a, _) => (long)DateOf(At(a, 0)).Month,
        ["extractSeconds"] = (a, _) => Rest(At(a, 0), Minute) / 1_000,
        // Names are English in every locale.
        ["formatDate"] = (a, _) => JavaTimePattern.Format(At(a, 0), (string)a[1]),
        ["getCurrentZonedDateTime"] = (_, now) => new Timestamp(now),
        ["getDayOfMonth"] = (a, _) => (long)DateOf(At(a, 0)).Day,
        ["getMonth"] = (a, _) => (long)DateOf(At(a, 0)).Month,
        ["getYear"] = (a, _) => DateOf(At(a, 0)).Year,
        ["setDays"] = (a, _) => SetDay(At(a, 0), (long)a[1]),
        ["setHours"] = (a, _) => (long)a[1] is >= 0 and < 24 and var hour
            ? new Timestamp(Calendar.Floor(At(a, 0), TimeUnit.Day) + hour * Hour + Rest(At(a, 0), Hour)) : null,
        ["toUTC"] = (a, _) => a[0],
        ["truncateToStartOfDay"] = Floor(TimeUnit.Day),
        ["truncateToStartOfQuarter"] = (a, _) => Calendar.Floor(At(a, 0), TimeUnit.Month) is var month
            ? new Timestamp(Calendar.Shift(month, -((DateOf(month).Month - 1) % 3), TimeUnit.Month)) : null,
        ["truncateToStartOfWeek"] = Floor(TimeUnit.Week),
        ["truncateToStartOfYear"] = Floor(TimeUnit.Year),
        ["weekOfYear"] = (a, _) => WeekOfYear(Calendar.DayOf(At(a, 0))),
    };

    private static long At(IReadOnlyList<object> arguments, int index) => ValueRules.ToInstant(arguments[index])!.Value;

    private static CivilDate DateOf(long instant) => CivilDate.FromDays(Calendar.DayOf(instant));

    private static long Rest(long value, long divisor) => (value % divisor + divisor) % divisor;

    private static ScalarImplementation Shift(TimeUnit unit) => (a, _) => new Timestamp(Calendar.Shift(At(a, 0), (long)a[1], unit));

    private static ScalarImplementation Floor(TimeUnit unit) => (a, _) => new Timestamp(Calendar.Floor(At(a, 0), unit));

    // Whole units, cut towards zero.
    private static ScalarImplementation Difference(long unit) => (a, _) => (long)(((Int128)At(a, 0) - At(a, 1)) / unit);

    /// <summary>Whole months from one instant to another; negative if the other is earlier.</summary>
    private static long Months(long from, long to)
    {
        if (to < from) return -Months(to, from);
        CivilDate first = DateOf(from), last = DateOf(to);
        long months = (last.Year - first.Year) * 12 + last.Month - first.Month;
        return Calendar.Shift(from, months, TimeUnit.Month) > to ? months - 1 : months;
    }

    private static object? SetDay(long instant, long day)
    {
        CivilDate date = DateOf(instant);
        if (day < 1 || day > CivilDate.DaysInMonth(date.Year, date.Month)) return null;
        return new Timestamp(Calendar.Shift(instant, day - date.Day, TimeUnit.Day));
    }

    // The week that holds a Thursday belongs to that Thursday's year.
    private static long WeekOfYear(long day)
    {
        long thursday = day - Rest(day + 3, 7) + 3;
        long firstOfYear = new CivilDate(CivilDate.FromDays(thursday).Year, 1, 1).ToDays();
        return (thursday - firstOfYear) / 7 + 1;
    }
}
