namespace Muster.Pql.Time;

/// <summary>
/// Reads ISO-8601 text: a date, or a date and time with 0 to 9 fraction digits (cut to milliseconds) and an offset, Z or nothing (UTC).
/// Anything else is null, never an exception.
/// </summary>
public static class IsoTime
{
    /// <summary>Milliseconds since the epoch; a date alone is the start of its UTC day. Null if the text is not a timestamp.</summary>
    public static long? ParseTimestamp(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (ReadDate(ref text) is not { } day) return null;
        if (text.IsEmpty) return Calendar.StartOfDay(day);
        if (text[0] is not ('T' or 't' or ' ')) return null;
        text = text[1..];
        if (ReadTimeOfDay(ref text) is not { } milliseconds || ReadOffset(text) is not { } offset) return null;
        return Calendar.StartOfDay(day) + milliseconds - offset;
    }

    /// <summary>Days since the epoch; of a timestamp its UTC day. Null if the text is neither.</summary>
    public static long? ParseDate(ReadOnlySpan<char> text) => ParseTimestamp(text) is { } instant ? Calendar.DayOf(instant) : null;

    private static long? ReadDate(ref ReadOnlySpan<char> text)
    {
        if (text.Length < 10 || text[4] != '-' || text[7] != '-') return null;
        if (Number(text[..4]) is not { } year || Number(text[5..7]) is not { } month || Number(text[8..10]) is not { } day) return null;
        text = text[10..];
        return CivilDate.DaysOf(year, month, day);
    }

    private static long? ReadTimeOfDay(ref ReadOnlySpan<char> text)
    {
        if (text.Length < 5 || text[2] != ':' || Number(text[..2]) is not { } hour || Number(text[3..5]) is not { } minute) return null;
        if (hour > 23 || minute > 59) return null;
        text = text[5..];
        long milliseconds = hour * 3_600_000L + minute * 60_000L;
        if (text.IsEmpty || text[0] != ':') return milliseconds;
        if (text.Length < 3 || Number(text[1..3]) is not { } second || second > 59) return null;
        text = text[3..];
        milliseconds += second * 1_000L;
        if (text.IsEmpty || text[0] is not ('.' or ',')) return milliseconds;
        int digits = 0, fraction = 0;
        for (text = text[1..]; !text.IsEmpty && char.IsAsciiDigit(text[0]); text = text[1..], digits++)
            if (digits < 3) fraction = fraction * 10 + (text[0] - '0');
        if (digits > 9) return null;
        for (; digits < 3; digits++) fraction *= 10;
        return milliseconds + fraction;
    }

    private static long? ReadOffset(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text is "Z" or "z") return 0;
        if (text[0] is not ('+' or '-') || text.Length < 3 || Number(text[1..3]) is not { } hours) return null;
        ReadOnlySpan<char> rest = text[3..];
        if (!rest.IsEmpty && rest[0] == ':') rest = rest[1..];
        int minutes = 0;
        if (!rest.IsEmpty)
        {
            if (rest.Length != 2 || Number(rest) is not { } read) return null;
            minutes = read;
        }
        else if (text.Length > 3) return null;
        if (hours > 18 || minutes > 59) return null;
        long offset = hours * 3_600_000L + minutes * 60_000L;
        return text[0] == '-' ? -offset : offset;
    }

    private static int? Number(ReadOnlySpan<char> digits)
    {
        int number = 0;
        foreach (char digit in digits)
        {
            if (!char.IsAsciiDigit(digit)) return null;
            number = number * 10 + (digit - '0');
        }
        return number;
    }
}
