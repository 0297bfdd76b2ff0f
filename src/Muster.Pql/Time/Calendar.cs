using Muster.Pql.Binding;

namespace Muster.Pql.Time;

/// <summary>
/// UTC calendar arithmetic over milliseconds since the Unix epoch. Nothing overflows: a result outside of 64 bits is the nearest end.
/// </summary>
public static class Calendar
{
    /// <summary>Milliseconds of a day.</summary>
    public const long MillisecondsPerDay = 86_400_000;

    // Far more months than 64 bits of milliseconds hold; keeps month arithmetic itself from overflowing.
    private const long MostMonths = 4_000_000_000;

    /// <summary>
    /// Moves an instant by a number of units. Units up to the week have a fixed length; from the month on the date is moved and the day
    /// is cut
    /// to the length of the month (31 May minus 1 month is 30 April), the time of day stays.
    /// </summary>
    public static long Shift(long instant, long count, TimeUnit unit)
    {
        if (unit <= TimeUnit.Week) return Saturate((Int128)instant + (Int128)count * FixedLength(unit));
        Int128 moved = (Int128)count * MonthsOf(unit);
        if (moved > MostMonths * 2 || moved < -MostMonths * 2) return moved > 0 ? long.MaxValue : long.MinValue;
        long days = DayOf(instant);
        CivilDate date = CivilDate.FromDays(days);
        long months = date.Year * 12 + date.Month - 1 + (long)moved;
        long year = CivilDate.FloorDivide(months, 12);
        int month = (int)(months - year * 12) + 1;
        long target = new CivilDate(year, month, Math.Min(date.Day, CivilDate.DaysInMonth(year, month))).ToDays();
        return Saturate((Int128)target * MillisecondsPerDay + (instant - (Int128)days * MillisecondsPerDay));
    }

    /// <summary>The start of the calendar unit that holds an instant; weeks start on Monday.</summary>
    public static long Floor(long instant, TimeUnit unit)
    {
        switch (unit)
        {
            case <= TimeUnit.Day:
                long length = FixedLength(unit);
                return Saturate((Int128)CivilDate.FloorDivide(instant, length) * length);
            case TimeUnit.Week:
                // 1970-01-01 was a Thursday, three days after a Monday.
                long week = CivilDate.FloorDivide(DayOf(instant) + 3, 7);
                return Saturate(((Int128)week * 7 - 3) * MillisecondsPerDay);
            default:
                CivilDate date = CivilDate.FromDays(DayOf(instant));
                long years = MonthsOf(unit) / 12;
                CivilDate start = unit == TimeUnit.Month ? date with { Day = 1 } : new CivilDate(CivilDate.FloorDivide(date.Year, years) * years, 1, 1);
                return Saturate((Int128)start.ToDays() * MillisecondsPerDay);
        }
    }

    /// <summary>The start of the calendar unit after the one that holds an instant.</summary>
    public static long Next(long instant, TimeUnit unit) => Shift(Floor(instant, unit), 1, unit);

    /// <summary>The number of the UTC day that holds an instant, in days since the epoch.</summary>
    public static long DayOf(long instant) => CivilDate.FloorDivide(instant, MillisecondsPerDay);

    /// <summary>The first instant of a day.</summary>
    public static long StartOfDay(long day) => Saturate((Int128)day * MillisecondsPerDay);

    internal static long Saturate(Int128 value) =>
        value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;

    private static long FixedLength(TimeUnit unit) => unit switch
    {
        TimeUnit.Millisecond => 1,
        TimeUnit.Second => 1_000,
        TimeUnit.Minute => 60_000,
        TimeUnit.Hour => 3_600_000,
        TimeUnit.Day => MillisecondsPerDay,
        TimeUnit.Week => 7 * MillisecondsPerDay,
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "The unit has no fixed length."),
    };

    private static long MonthsOf(TimeUnit unit) => unit switch
    {
        TimeUnit.Month => 1,
        TimeUnit.Year => 12,
        TimeUnit.Decade => 120,
        TimeUnit.Century => 1_200,
        TimeUnit.Millennium => 12_000,
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "The unit is not made of months."),
    };
}
