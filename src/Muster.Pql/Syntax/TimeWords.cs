namespace Muster.Pql.Syntax;

/// <summary>The names of the days around the run's instant, and of the instant.</summary>
internal static class TimeWords
{
    /// <summary>The word for a day's offset; null is the instant itself.</summary>
    public static string Name(int? dayOffset) => dayOffset switch
    {
        null => "now",
        0 => "today",
        < 0 => "yesterday",
        _ => "tomorrow",
    };

    /// <summary>The word for a period's offset in units.</summary>
    public static string PeriodName(int offset) => offset switch
    {
        0 => "this",
        < 0 => "last",
        _ => "next",
    };
}
