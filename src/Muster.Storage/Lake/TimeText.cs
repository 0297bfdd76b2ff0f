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

    private static bool HasZone(ReadOnlySpan<byte> text) => text[^1] == 'Z' || text[^6] is (byte)'+' or (byte)'-';
}
