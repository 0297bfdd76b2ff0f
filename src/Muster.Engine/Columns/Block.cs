namespace Muster.Engine.Columns;

/// <summary>Some whole profiles of one run, with the columns that a plan asked for. Immutable; may be read by many threads.</summary>
/// <param name="ordinals">The profile ordinal of each row of the root, strictly increasing; length = number of profiles.</param>
/// <param name="alive">Bit i is set if row i still counts (a newer run has not replaced the profile); null if all do.</param>
/// <param name="profiles">The root level: one row a profile; events are its child <c>xEvent</c>.</param>
public sealed class Block(long[] ordinals, ulong[]? alive, Level profiles)
{
    /// <summary>The profile ordinal of each row, strictly increasing.</summary>
    public long[] Ordinals { get; } = ordinals;

    /// <summary>Bit i is set if row i still counts; null if all do. Rows that do not count are in no result.</summary>
    public ulong[]? Alive { get; } = alive;

    /// <summary>The root level.</summary>
    public Level Profiles { get; } = profiles;

    /// <summary>The number of profiles, those that no longer count included.</summary>
    public int Count => Profiles.Count;
}
