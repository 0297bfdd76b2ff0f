namespace Muster.Pql.Time;

/// <summary>
/// A day of the proleptic Gregorian calendar. Years are not limited to four digits, so that every 64-bit count of milliseconds has a date
/// and
/// calendar arithmetic never leaves the range.
/// </summary>
/// <param name="Year">Astronomical year; 0 and negative years are allowed.</param>
/// <param name="Month">1 to 12.</param>
/// <param name="Day">1 to 31.</param>
public readonly record struct CivilDate(long Year, int Month, int Day)
{
    private const long DaysOfEra = 146097;
    private const long EpochShift = 719468;

    /// <summary>The date of a number of days since 1970-01-01.</summary>
    public static CivilDate FromDays(long days)
    {
        // Years start on 1 March here, so the leap day is the last day of a year; an era is 400 years.
        long shifted = days + EpochShift;
        long era = FloorDivide(shifted, DaysOfEra);
        long dayOfEra = shifted - era * DaysOfEra;
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long marchMonth = (5 * dayOfYear + 2) / 153;
        int month = (int)(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9);
        return new CivilDate(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, (int)(dayOfYear - (153 * marchMonth + 2) / 5 + 1));
    }

    /// <summary>The number of days since 1970-01-01.</summary>
    public long ToDays()
    {
        long year = Month <= 2 ? Year - 1 : Year;
        long era = FloorDivide(year, 400);
        long yearOfEra = year - era * 400;
        long dayOfYear = (153 * (Month + (Month > 2 ? -3 : 9)) + 2) / 5 + Day - 1;
        return era * DaysOfEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - EpochShift;
    }

    /// <summary>The number of days of a month.</summary>
    public static int DaysInMonth(long year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>The day number of year, month and day; null if there is no such day or the year is not within 1 to 9999.</summary>
    public static long? DaysOf(long year, long month, long day)
    {
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DaysInMonth(year, (int)month)) return null;
        return new CivilDate(year, (int)month, (int)day).ToDays();
    }

    internal static long FloorDivide(long value, long divisor)
    {
        long quotient = value / divisor;
        return value % divisor < 0 ? quotient - 1 : quotient;
    }
}
