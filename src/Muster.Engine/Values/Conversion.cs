using System.Globalization;
using Muster.Pql.Time;
using Muster.Pql.Types;
using Calendar = Muster.Pql.Time.Calendar;

namespace Muster.Engine.Values;

/// <summary>The coercions of one value to a type; null where there is none.</summary>
internal static class Conversion
{
    public static object? To(DataType type, object? value) => value is null ? null : type.Kind switch
    {
        TypeKind.Boolean => value is bool ? value : value is string text && bool.TryParse(text, out bool truth) ? truth : null,
        TypeKind.Integer => ToInteger(value),
        TypeKind.Double => ToDouble(value),
        TypeKind.String => ToText(value),
        TypeKind.Timestamp => ToTimestamp(value),
        TypeKind.Date => ToDate(value),
        TypeKind.Array => ToArray(type.Element!, value),
        _ => value,
    };

    public static long? ToInteger(object value) => value switch
    {
        long whole => whole,
        double number => WholeOf(number),
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => whole,
        string text => ParseDouble(text) is { } number ? WholeOf(number) : null,
        _ => null,
    };

    public static double? ToDouble(object value) => value switch
    {
        double number => number,
        long whole => whole,
        string text => ParseDouble(text),
        _ => null,
    };

    public static string? ToText(object value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        Timestamp timestamp => TimestampText(timestamp.Milliseconds),
        Date date => DateText(date.Days),
        _ => null,
    };

    public static long? WholeOf(double number) => number >= -9.2233720368547758E18 && number < 9.2233720368547758E18 && Math.Floor(number) == number ? (long)number : null;

    public static double? ParseDouble(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static object? ToTimestamp(object value)
    {
        long? instant = value switch
        {
            Timestamp or Date => ValueRules.ToInstant(value),
            long milliseconds => milliseconds,
            double number => WholeOf(number),
            string text => IsoTime.ParseTimestamp(text),
            _ => null,
        };
        return instant is { } milli ? new Timestamp(milli) : null;
    }

    private static object? ToDate(object value) => value switch
    {
        Date => value,
        Timestamp timestamp => new Date(Calendar.DayOf(timestamp.Milliseconds)),
        string text => IsoTime.ParseDate(text) is { } day ? new Date(day) : null,
        long milliseconds => new Date(Calendar.DayOf(milliseconds)),
        _ => null,
    };

    private static object ToArray(DataType element, object value) =>
        value is IReadOnlyList<object?> array ? array.Select(item => To(element, item)).ToArray() : new[] { To(element, value) };

    private static string DateText(long days)
    {
        CivilDate date = CivilDate.FromDays(days);
        return string.Create(CultureInfo.InvariantCulture, $"{date.Year:0000}-{date.Month:00}-{date.Day:00}");
    }

    private static string TimestampText(long milliseconds)
    {
        long day = Calendar.DayOf(milliseconds);
        long rest = (long)(milliseconds - (Int128)day * Calendar.MillisecondsPerDay);
        return string.Create(CultureInfo.InvariantCulture,
            $"{DateText(day)}T{rest / 3_600_000:00}:{rest / 60_000 % 60:00}:{rest / 1_000 % 60:00}.{rest % 1_000:000}Z");
    }
}
