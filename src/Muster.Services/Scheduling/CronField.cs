using System.Globalization;

namespace Muster.Services.Scheduling;

/// <summary>
/// One field of a cron expression, read by the rules of schedules, which are stricter than those of the scheduler's own parser.
/// </summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Low">Its lowest value.</param>
/// <param name="High">Its highest value.</param>
/// <param name="Names">Names of the values from <paramref name="Low"/> on, if it has any.</param>
/// <param name="Specials">Which of <c>?</c>, <c>L</c>, <c>W</c> and <c>#</c> it knows.</param>
internal sealed record CronField(string Name, int Low, int High, string[] Names, string Specials)
{
    public static readonly CronField Seconds = new("seconds", 0, 59, [], "");
    public static readonly CronField Minutes = new("minutes", 0, 59, [], "");
    public static readonly CronField Hours = new("hours", 0, 23, [], "");
    public static readonly CronField DayOfMonth = new("day of month", 1, 31, [], "?LW");
    public static readonly CronField Month = new(
        "month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], "");
    public static readonly CronField DayOfWeek = new("day of week", 1, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], "?L#");
    public static readonly CronField Year = new("year", 1970, 2099, [], "");

    /// <summary>Reads the field; false with a message that names it if it is wrong.</summary>
    /// <param name="text">The field.</param>
    /// <param name="values">
    /// The values it names, or null if they depend on the month (<c>L</c>, <c>W</c>, <c>#</c>) or it is <c>?</c>.
    /// </param>
    /// <param name="problem">What is wrong with it.</param>
    public bool TryRead(string text, out SortedSet<int>? values, out string? problem)
    {
        values = [];
        problem = null;
        if (text == "?" && Specials.Contains('?', StringComparison.Ordinal))
        {
            values = null;
            return true;
        }
        bool dependsOnMonth = false;
        foreach (string item in text.ToUpperInvariant().Split(','))
        {
            if (item.Contains('?', StringComparison.Ordinal))
                problem = Specials.Contains('?', StringComparison.Ordinal)
                    ? "'?' must stand alone"
                    : "'?' is only known in the two day fields";
            else if (IsSpecial(item)) dependsOnMonth = true;
            else problem = ReadItem(item, values);
            if (problem is null) continue;
            problem = $"The {Name} field '{text}' is wrong: {problem}.";
            return false;
        }
        if (dependsOnMonth) values = null;
        return true;
    }

    /// <summary>The forms whose days differ from month to month.</summary>
    private bool IsSpecial(string item)
    {
        if (this == DayOfMonth)
        {
            if (item is "L" or "LW") return true;
            if (item.StartsWith("L-", StringComparison.Ordinal)) return TryValue(item[2..], out int before) && before < High;
            return item.EndsWith('W') && TryValue(item[..^1], out _);
        }
        if (this != DayOfWeek) return false;
        int hash = item.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0) return TryValue(item[..hash], out _) && item[(hash + 1)..] is "1" or "2" or "3" or "4" or "5";
        return item.Length > 1 && item.EndsWith('L') && TryValue(item[..^1], out _);
    }

    /// <summary>
    /// Adds the values of <c>*</c>, <c>a</c>, <c>a-b</c> and any of them with <c>/step</c>; gives what is wrong, or null.
    /// </summary>
    private string? ReadItem(string item, SortedSet<int> values)
    {
        // "L" alone is the last day of the week, Saturday.
        if (this == DayOfWeek && item == "L")
        {
            values.Add(High);
            return null;
        }
        if (item.Length == 0) return "a value is missing";
        int slash = item.IndexOf('/', StringComparison.Ordinal), step = 1;
        string range = slash < 0 ? item : item[..slash];
        bool isStep = int.TryParse(slash < 0 ? "1" : item[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out step);
        if (!isStep || step < 1 || step > High) return $"the step after '/' must be a number from 1 to {High}";

        int first = Low, last = High;
        int dash = range.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0)
        {
            if (!TryValue(range[..dash], out first)) return Unknown(range[..dash]);
            if (!TryValue(range[(dash + 1)..], out last)) return Unknown(range[(dash + 1)..]);
        }
        else if (range != "*")
        {
            if (!TryValue(range, out first)) return Unknown(range);
            if (slash < 0) last = first;
        }
        // A range may pass the end: 22-2 is 22, 23, 0, 1, 2. Years do not come round.
        if (last < first && this == Year) return $"{first} comes after {last}";
        int size = High - Low + 1, length = last < first ? last - first + size : last - first;
        for (int at = 0; at <= length; at += step) values.Add((first - Low + at) % size + Low);
        return null;
    }

    private bool TryValue(string text, out int value)
    {
        int name = Array.IndexOf(Names, text);
        value = Low + name;
        return name >= 0
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= Low && value <= High);
    }

    private string Unknown(string value)
    {
        string names = Names.Length == 0 ? "" : $" or {Names[0]} to {Names[^1]}";
        return $"'{value}' is not a value from {Low} to {High}{names}";
    }
}
