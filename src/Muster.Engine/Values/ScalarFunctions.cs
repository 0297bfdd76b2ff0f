using Muster.Pql.Time;

namespace Muster.Engine.Values;

/// <summary>
/// The functions that have no node of their own in a bound query. Null in, null out, but for those that take no argument.
/// </summary>
internal static class ScalarFunctions
{
    private static readonly Dictionary<string, Func<object[], long, object?>> Table = new(StringComparer.Ordinal)
    {
        ["currentMonth"] = (_, now) => (long)DateOf(now).Month,
        ["currentYear"] = (_, now) => DateOf(now).Year,
        ["currentDayOfMonth"] = (_, now) => (long)DateOf(now).Day,
        ["getMonth"] = (a, _) => ValueRules.ToInstant(a[0]) is { } t ? (object)(long)DateOf(t).Month : null,
        ["getYear"] = (a, _) => ValueRules.ToInstant(a[0]) is { } t ? (object)DateOf(t).Year : null,
        ["getDayOfMonth"] = (a, _) => ValueRules.ToInstant(a[0]) is { } t ? (object)(long)DateOf(t).Day : null,
        ["regexGroup"] = (a, _) => a is [string text, string pattern, long group]
            ? new TextPattern(Muster.Pql.Binding.StringTest.Matches, pattern, ignoreCase: false).Group(text, group)
            : null,
        ["join"] = (a, _) => a is [IReadOnlyList<object?> items, string separator]
            ? string.Join(separator, items.Where(item => item is not null).Select(item => Conversion.ToText(item!)))
            : null,
        ["length"] = (a, _) => a[0] is string text ? (object)(long)text.Length : null,
        ["lowerCase"] = (a, _) => a[0] is string text ? text.ToLowerInvariant() : null,
        ["upperCase"] = (a, _) => a[0] is string text ? text.ToUpperInvariant() : null,
        ["trim"] = (a, _) => a[0] is string text ? text.Trim() : null,
        ["absolute"] = (a, _) => a[0] is long whole ? whole == long.MinValue ? null : (object)Math.Abs(whole) : a[0] is double number ? Math.Abs(number) : null,
    };

    /// <summary>True if the function exists.</summary>
    public static bool Has(string name) => Table.ContainsKey(name);

    /// <summary>True if the result depends on the run's instant.</summary>
    public static bool UsesNow(string name) => name.StartsWith("current", StringComparison.Ordinal);

    public static object? Call(string name, IReadOnlyList<object?> arguments, long now)
    {
        var given = new object[arguments.Count];
        for (int i = 0; i < given.Length; i++)
        {
            if (arguments[i] is not { } argument) return null;
            given[i] = argument;
        }
        return Table.TryGetValue(name, out Func<object[], long, object?>? function)
            ? function(given, now)
            : throw new NotSupportedException($"The function '{name}' has no implementation.");
    }

    private static CivilDate DateOf(long instant) => CivilDate.FromDays(Calendar.DayOf(instant));
}
