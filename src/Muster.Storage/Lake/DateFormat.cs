using System.Globalization;

namespace Muster.Storage.Lake;

/// <summary>
/// How a column writes dates and times: a .NET custom format read in the invariant culture, or a count since the Unix epoch.
/// </summary>
internal static class DateFormat
{
    private const string Seconds = "epoch-s";
    private const string Milliseconds = "epoch-ms";

    /// <summary>Whether dates can be read by the format: what it writes of a date, it must read again.</summary>
    public static bool IsUsable(string format)
    {
        if (format is Seconds or Milliseconds) return true;
        try
        {
            string text = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc).ToString(format, CultureInfo.InvariantCulture);
            return format.Length > 1 && format.Any(c => c is 'y' or 'M' or 'd') && TryRead(text, format, out _);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Reads a text; without a zone in it, it is UTC.</summary>
    public static bool TryRead(string text, string format, out DateTime utc)
    {
        const DateTimeStyles utcUnlessSaid = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (format is not (Seconds or Milliseconds))
            return DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, utcUnlessSaid, out utc);
        utc = default;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long count)) return false;
        const long lowest = -62_135_596_800, highest = 253_402_300_799;
        if (format == Seconds ? count is < lowest or > highest : count is < lowest * 1000 or > (highest * 1000) + 999) return false;
        utc = DateTime.UnixEpoch.AddTicks(count * (format == Seconds ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMillisecond));
        return true;
    }
}
