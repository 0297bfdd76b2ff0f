using System.Globalization;
using Muster.Pql.Time;
using Calendar = Muster.Pql.Time.Calendar;

namespace Muster.Pql.Types;

/// <summary>
/// The coercions of the language: which types go into which, and what becomes of a constant. Whoever evaluates a <see
/// cref="Binding.BoundConversion"/> has to agree.
/// </summary>
internal static class ScalarConversion
{
    /// <summary>Whether values of one type can be converted to the other at all.</summary>
    public static bool Exists(DataType from, DataType to)
    {
        if (from.Kind is TypeKind.Unknown or TypeKind.Null || to.Kind == TypeKind.Unknown || from.Equals(to)) return true;
        if (to.Kind == TypeKind.Array)
            return from.Kind == TypeKind.Array ? Exists(from.Element!, to.Element!) : from.Kind != TypeKind.Map
                && Exists(from, to.Element!);
        return (from.Kind, to.Kind) switch
        {
            (TypeKind.String, _) => to.IsScalar,
            (_, TypeKind.String) => from.IsScalar,
            (TypeKind.Integer, TypeKind.Double or TypeKind.Timestamp) => true,
            (TypeKind.Double, TypeKind.Integer) => true,
            (TypeKind.Date, TypeKind.Timestamp) or (TypeKind.Timestamp, TypeKind.Date) => true,
            (TypeKind.Object, TypeKind.Object) => true,
            _ => false,
        };
    }

    /// <summary>
    /// Converts a scalar as <see cref="Binding.BoundConstant"/> holds it (bool, long, double, string). For an unknown source type the type
    /// of the value decides, with long as Integer. Null if it cannot be converted.
    /// </summary>
    public static object? Convert(object? value, DataType from, DataType to)
    {
        if (value is null || from.Kind == to.Kind) return value;
        return to.Kind switch
        {
            TypeKind.Unknown => value,
            TypeKind.Boolean => value as bool? ?? (value is string text && bool.TryParse(text, out bool flag) ? flag : null),
            TypeKind.Integer => ToInteger(value, from),
            TypeKind.Double => ToDouble(value, from),
            TypeKind.String => ToText(value, from),
            TypeKind.Timestamp => ToTimestamp(value, from),
            TypeKind.Date => ToDate(value, from),
            _ => null,
        };
    }

    /// <summary>The invariant text of a scalar.</summary>
    public static string? ToText(object? value, DataType type) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        long number when type.Kind == TypeKind.Timestamp => TimestampText(number),
        long number when type.Kind == TypeKind.Date => DateText(number),
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => null,
    };

    private static object? ToInteger(object value, DataType from)
    {
        switch (value)
        {
            case long when from.IsTemporal: return null;
            case long: return value;
            case double number: return Math.Truncate(number) == number && Math.Abs(number) < 9.2233720368547758E18 ? (long)number : null;
            case string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out long parsed):
                return parsed;
            case string text when ToDouble(text, DataType.String) is double parsed: return ToInteger(parsed, DataType.Double);
            default: return null;
        }
    }

    private static object? ToDouble(object value, DataType from)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return value switch
        {
            double => value,
            long number when !from.IsTemporal => (double)number,
            string text when double.TryParse(text, Style, CultureInfo.InvariantCulture, out double parsed)
                && double.IsFinite(parsed) => parsed,
            _ => null,
        };
    }

    private static object? ToTimestamp(object value, DataType from) => value switch
    {
        long days when from.Kind == TypeKind.Date => Calendar.StartOfDay(days),
        long => value,
        string text => IsoTime.ParseTimestamp(text),
        _ => null,
    };

    private static object? ToDate(object value, DataType from) => value switch
    {
        long milliseconds when from.Kind == TypeKind.Timestamp => Calendar.DayOf(milliseconds),
        string text => IsoTime.ParseDate(text),
        _ => null,
    };

    private static string DateText(long days)
    {
        CivilDate date = CivilDate.FromDays(days);
        return string.Create(CultureInfo.InvariantCulture, $"{date.Year:0000}-{date.Month:00}-{date.Day:00}");
    }

    private static string TimestampText(long milliseconds)
    {
        long day = Calendar.DayOf(milliseconds);
        long rest = milliseconds - Calendar.StartOfDay(day);
        return string.Create(
            CultureInfo.InvariantCulture,
                $"{DateText(day)}T{rest / 3_600_000:00}:{rest / 60_000 % 60:00}:{rest / 1_000 % 60:00}.{rest % 1_000:000}Z");
    }
}
