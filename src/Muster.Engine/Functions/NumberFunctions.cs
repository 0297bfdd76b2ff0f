using System.Globalization;
using Muster.Engine.Values;

namespace Muster.Engine.Functions;

/// <summary>Functions of numbers. A whole number that does not fit 64 bits goes on as a double.</summary>
internal static class NumberFunctions
{
    private const int MostDigits = 15;

    public static Dictionary<string, ScalarImplementation> All { get; } = new(StringComparer.Ordinal)
    {
        ["absolute"] = (a, _) => a[0] is long whole && whole != long.MinValue ? (object)Math.Abs(whole)
            : Math.Abs(ValueRules.ToDouble(a[0])),
        ["formatCurrency"] = (a, _) => NumberLocale.Find((string)a[1])?.Currency(ValueRules.ToDouble(a[0])),
        ["formatNumber"] = (a, _) => NumberLocale.Find((string)a[1])?.Number(ValueRules.ToDouble(a[0])),
        ["roundDown"] = (a, _) => Whole(a[0], Math.Floor),
        ["roundUp"] = (a, _) => Whole(a[0], Math.Ceiling),
        ["toHexString"] = (a, _) => ((long)a[0]).ToString("x", CultureInfo.InvariantCulture),
        ["toInt"] = (a, _) => a[0] is string text ? Conversion.ParseDouble(text) is { } number ? Whole(number, Math.Truncate) : null
            : a[0] is long or double ? Whole(a[0], Math.Truncate) : null,
        ["toPercentage"] = (a, _) => Math.Round(ValueRules.ToDouble(a[0]) * 100, 2).ToString("0.##", CultureInfo.InvariantCulture) + "%",
        ["toPrecision"] = (a, _) => (long)a[1] is >= 1 and <= MostDigits and var digits
            ? double.Parse(ValueRules.ToDouble(a[0]).ToString("E" + (digits - 1), CultureInfo.InvariantCulture),
                CultureInfo.InvariantCulture) : null,
    };

    private static object Whole(object number, Func<double, double> round)
    {
        if (number is long whole) return whole;
        double rounded = round((double)number);
        return Conversion.WholeOf(rounded) is { } exact ? (object)exact : rounded;
    }
}
