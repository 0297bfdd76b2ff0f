namespace Muster.Pql.Time;

/// <summary>
/// Instants from <paramref name="First"/> to <paramref name="Last"/>, both included, in milliseconds since the epoch; none if First is
/// after Last.
/// </summary>
public readonly record struct TimeRange(long First, long Last)
{
    /// <summary>No instant.</summary>
    public static TimeRange None { get; } = new(long.MaxValue, long.MinValue);

    /// <summary>Every instant.</summary>
    public static TimeRange All { get; } = new(long.MinValue, long.MaxValue);

    /// <summary>True if no instant is in the range.</summary>
    public bool IsEmpty => First > Last;

    /// <summary>True if the instant is in the range.</summary>
    public bool Contains(long instant) => First <= instant && instant <= Last;

    // Instants are whole milliseconds, so an open end is the closed end one further in; past the end of time nothing is left.
    internal static TimeRange Below(long end) => end == long.MinValue ? None : new(long.MinValue, end - 1);

    internal static TimeRange Above(long start) => start == long.MaxValue ? None : new(start + 1, long.MaxValue);

    internal static TimeRange From(long start) => new(start, long.MaxValue);

    internal static TimeRange UpTo(long end) => new(long.MinValue, end);

    /// <summary>The instants that are in both.</summary>
    public TimeRange And(TimeRange other) => new(Math.Max(First, other.First), Math.Min(Last, other.Last));
}

/// <summary>
/// What a window refers to: the half-open interval [Start, End), or, if <paramref name="IsInstant"/>, the instant Start (= End).
/// </summary>
public readonly record struct TimeInterval(long Start, long End, bool IsInstant)
{
    /// <summary>One instant.</summary>
    public static TimeInterval At(long instant) => new(instant, instant, IsInstant: true);

    /// <summary>One UTC day, by its number since the epoch.</summary>
    public static TimeInterval OfDay(long day) => new(Calendar.StartOfDay(day), Calendar.StartOfDay(day == long.MaxValue ? day : day + 1),
        IsInstant: false);

    /// <summary>The calendar unit around <paramref name="now"/>, moved by whole units: this (0), last (-1), next (1).</summary>
    public static TimeInterval OfPeriod(long now, int offset, Binding.TimeUnit unit)
    {
        long start = Calendar.Shift(Calendar.Floor(now, unit), offset, unit);
        return new TimeInterval(start, Calendar.Shift(start, 1, unit), IsInstant: false);
    }
}
