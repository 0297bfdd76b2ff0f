namespace Muster.Storage.Lookup;

/// <summary>Which events of a profile to read, in which order, and behind which one.</summary>
public sealed record EventPageQuery
{
    /// <summary>
    /// The earliest time, in milliseconds since the epoch; null for no bound. With a bound, events without a time are left out.
    /// </summary>
    public long? Start { get; init; }

    /// <summary>The time before which events are taken, in milliseconds since the epoch; null for no bound.</summary>
    public long? End { get; init; }

    /// <summary>Latest first. Events without a time are last in both orders.</summary>
    public bool Descending { get; init; }

    /// <summary>The most events to read.</summary>
    public int Limit { get; init; } = 1000;

    /// <summary>The last event of the page before; null for the first page.</summary>
    public EventPosition? After { get; init; }

    /// <summary>The only <c>_id</c> that is wanted; null for all.</summary>
    public string? Id { get; init; }

    /// <summary>What else must hold of an event, all of it.</summary>
    public IReadOnlyList<EventCondition> Conditions { get; init; } = [];
}

/// <summary>
/// Where an event stands among those of its profile, said by its own values: events that arrive later, or a profile that is merged anew, do
/// not
/// move it.
/// </summary>
/// <param name="Microseconds">Its time since the epoch; null if it has none.</param>
/// <param name="Id">Its <c>_id</c>; null if it has none.</param>
/// <param name="Batch">The sequence of its batch.</param>
/// <param name="Twin">How many events of the same three values stand before it in the order of the page: mostly 0.</param>
public sealed record EventPosition(long? Microseconds, string? Id, long Batch, int Twin);

/// <summary>A comparison of a field of an event with a value. An event without the field does not match, whatever the comparison.</summary>
/// <param name="Path">The names of the field; they go through arrays, of which any element may match, and into maps.</param>
/// <param name="Comparison">How.</param>
/// <param name="Value">A text that is read as the type of the field.</param>
public sealed record EventCondition(IReadOnlyList<string> Path, EventComparison Comparison, string Value);

/// <summary>How a field is compared.</summary>
public enum EventComparison
{
    /// <summary>The same value.</summary>
    Equal,

    /// <summary>Another value.</summary>
    NotEqual,

    /// <summary>A smaller value, an earlier time.</summary>
    Less,

    /// <summary>Not a larger one.</summary>
    LessOrEqual,

    /// <summary>A larger value, a later time.</summary>
    Greater,

    /// <summary>Not a smaller one.</summary>
    GreaterOrEqual,
}

/// <summary>Some events of a profile.</summary>
/// <param name="Events">In the order that was asked for.</param>
/// <param name="Last">Where the last of them stands if there are more behind it; null on the last page.</param>
public sealed record EventPage(IReadOnlyList<StoredEvent> Events, EventPosition? Last)
{
    /// <summary>No event.</summary>
    public static EventPage Empty { get; } = new([], null);
}

/// <summary>An event of a profile as bytes that go to a client as they are.</summary>
/// <param name="Id">Its <c>_id</c>, if it has one.</param>
/// <param name="Timestamp">When it happened, in milliseconds since the epoch, if that is known.</param>
/// <param name="IngestedAt">When it was ingested, in milliseconds since the epoch.</param>
/// <param name="Document">Its fields, a JSON object in UTF-8, without those that have no value.</param>
public sealed record StoredEvent(string? Id, long? Timestamp, long IngestedAt, ReadOnlyMemory<byte> Document);
