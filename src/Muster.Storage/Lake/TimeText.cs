using System.Globalization;
using System.Text.Json;

namespace Muster.Storage.Lake;

/// <summary>
/// Reads instants and days as records write them: ISO 8601 (without a zone: UTC; a day: its start) and milliseconds since the Unix epoch.
/// </summary>
internal static class TimeText
{
    private static readonly string[] s_formats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzz", "yyyy-MM-dd HH:mm:ss.FFFFFFFzz",
    ];

    private static readonly long s_lowest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long s_highest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Reads the string or number at the reader.</summary>
    public static bool TryRead(ref Utf8JsonReader reader, out DateTime utc)
    {
        utc = default;
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetInt64(out long milliseconds) || milliseconds < s_lowest || milliseconds > s_highest) return false;
            utc = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime;
            return true;
        }

        ReadOnlySpan<byte> text = reader.ValueSpan;
        if (text.Length >= 20 && text[10] == 'T' && reader.TryGetDateTimeOffset(out DateTimeOffset instant) && HasZone(text))
        {
            utc = instant.UtcDateTime;
            return true;
        }

        if (reader.ValueIsEscaped || text.Length > 40) return false;
        return DateTime.TryParseExact(System.Text.Encoding.UTF8.GetString(text), s_formats, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out utc);
    }

    /// <summary>Writes an instant for DuckDB, with quotes.</summary>
    public static void WriteTimestamp(DateTime utc, OutputBytes output)
    {
        Span<byte> text = stackalloc byte[32];
        utc.TryFormat(text, out int written, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        output.AppendQuoted(text[..written]);
    }

    /// <summary>Writes a UTC day for DuckDB, with quotes.</summary>
    public static void WriteDate(DateTime utc, OutputBytes output)
    {
        Span<byte> text = stackalloc byte[16];
        utc.TryFormat(text, out int written, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        output.AppendQuoted(text[..written]);
    }

    /// <summary>
    /// Whether a text is an instant of the years 1000 to 9998 as <c>yyyy-MM-ddTHH:mm:ss</c>, at most six more digits, and <c>Z</c> or an
    /// offset: what every reader takes for the same instant.
    /// </summary>
    public static bool IsPlainTimestamp(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 20 or > 32 || !IsPlainDate(text[..10]) || text[10] != 'T' || text[13] != ':' || text[16] != ':') return false;
        if (Two(text, 11) > 23 || Two(text, 14) > 59 || Two(text, 17) > 59) return false;
        int end = 19;
        if (text[end] == '.')
        {
            int digits = text[++end..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits is < 1 or > 6) return false;
            end += digits;
        }

        ReadOnlySpan<byte> zone = text[end..];
        if (zone is [(byte)'Z']) return true;
        return zone.Length == 6 && zone[0] is (byte)'+' or (byte)'-' && zone[3] == ':' && Two(zone, 1) <= 14 && Two(zone, 4) <= 59
            && (Two(zone, 1) < 14 || Two(zone, 4) == 0);
    }

    /// <summary>Whether a text is a day of the years 1000 to 9998 as <c>yyyy-MM-dd</c>.</summary>
    public static bool IsPlainDate(ReadOnlySpan<byte> text)
    {
        if (text.Length != 10 || text[4] != '-' || text[7] != '-') return false;
        int century = Two(text, 0), year = Two(text, 2), month = Two(text, 5), day = Two(text, 8);
        if (century is < 10 or > 99 || year > 99 || (century == 99 && year == 99) || month is < 1 or > 12 || day < 1) return false;
        return day <= DateTime.DaysInMonth((century * 100) + year, month);
    }

    // 255 if there are not two digits.
    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        int tens = text[at] - '0', ones = text[at + 1] - '0';
        return tens is < 0 or > 9 || ones is < 0 or > 9 ? 255 : (tens * 10) + ones;
    }

    private static bool HasZone(ReadOnlySpan<byte> text) => text[^1] == 'Z' || text[^6] is (byte)'+' or (byte)'-';
}
