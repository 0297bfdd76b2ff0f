using System.Globalization;

namespace Muster.Pql.Types;

/// <summary>Timestamps and dates as text: ISO 8601, with an offset or in UTC, and a date alone.</summary>
public static class TimestampText
{
    private const long MillisecondsPerDay = 86_400_000;
    private static readonly long EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>Reads <c>YYYY-MM-DD</c> as days since the epoch.</summary>
    public static bool TryParseDate(ReadOnlySpan<char> text, out long days)
    {
        bool isDate = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date);
        days = isDate ? date.DayNumber - EpochDay : 0;
        return isDate;
    }

    /// <summary>
    /// Reads <c>YYYY-MM-DDThh:mm[:ss[.fraction]][Z|+hh:mm|+hhmm|+hh]</c> as milliseconds since the epoch; without an offset it is UTC, a date alone
    /// is its first instant. Fractions beyond milliseconds are cut.
    /// </summary>
    public static bool TryParseTimestamp(ReadOnlySpan<char> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 10 || !TryParseDate(text[..10], out long days)) return false;
        milliseconds = days * MillisecondsPerDay;
        ReadOnlySpan<char> rest = text[10..];
        if (rest.IsEmpty) return true;
        if (rest[0] is not ('T' or 't' or ' ')) return false;
        rest = rest[1..];
        if (!TakeNumber(ref rest, 23, out int hours) || !TakeColon(ref rest) || !TakeNumber(ref rest, 59, out int minutes)) return false;
        int seconds = 0;
        if (TakeColon(ref rest) && !TakeNumber(ref rest, 59, out seconds)) return false;
        int fraction = 0;
        if (!rest.IsEmpty && rest[0] is '.' or ',' && !TakeFraction(ref rest, out fraction)) return false;
        if (!TryParseOffset(rest, out int offsetMinutes)) return false;
        milliseconds += ((((hours * 60L) + minutes - offsetMinutes) * 60) + seconds) * 1000 + fraction;
        return true;
    }

    /// <summary>The text of an instant, in UTC, with milliseconds if there are any.</summary>
    public static string FormatTimestamp(long milliseconds)
    {
        if (milliseconds is < -62_135_596_800_000 or > 253_402_300_799_999) return milliseconds.ToString(CultureInfo.InvariantCulture);
        string format = milliseconds % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>The text of a day.</summary>
    public static string FormatDate(long days)
    {
        long number = days is < -1_000_000 or > 4_000_000 ? -1 : days + EpochDay;
        return number < 0 || number > DateOnly.MaxValue.DayNumber
            ? days.ToString(CultureInfo.InvariantCulture)
            : DateOnly.FromDayNumber((int)number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static bool TakeNumber(ref ReadOnlySpan<char> text, int maximum, out int number)
    {
        number = 0;
        if (text.Length < 2 || !char.IsAsciiDigit(text[0]) || !char.IsAsciiDigit(text[1])) return false;
        number = ((text[0] - '0') * 10) + (text[1] - '0');
        text = text[2..];
        return number <= maximum;
    }

    private static bool TakeColon(ref ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] != ':') return false;
        text = text[1..];
        return true;
    }

    private static bool TakeFraction(ref ReadOnlySpan<char> text, out int milliseconds)
    {
        milliseconds = 0;
        int digits = 1;
        while (digits < text.Length && char.IsAsciiDigit(text[digits])) digits++;
        for (int i = 1; i <= 3; i++) milliseconds = (milliseconds * 10) + (i < digits ? text[i] - '0' : 0);
        text = text[digits..];
        return digits is > 1 and <= 10;
    }

    private static bool TryParseOffset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text.IsEmpty || text is "Z" or "z") return true;
        int sign = text[0] == '-' ? -1 : 1;
        if (text[0] is not ('+' or '-')) return false;
        text = text[1..];
        if (!TakeNumber(ref text, 23, out int hours)) return false;
        int rest = 0;
        _ = TakeColon(ref text);
        if (!text.IsEmpty && !TakeNumber(ref text, 59, out rest)) return false;
        minutes = sign * ((hours * 60) + rest);
        return text.IsEmpty;
    }
}
