using System.Text.Json.Nodes;

namespace Muster.Storage.Profiles;

/// <summary>A merged profile.</summary>
/// <param name="Ordinal">Its ordinal.</param>
/// <param name="Entity">
/// Its fields as XDM has them, with <c>identityMap</c> and, of namespaces other than ours, <c>segmentMembership</c>. Fields without a value are left out.
/// The caller's to change.
/// </param>
/// <param name="Sources">The ids of the datasets that its data is from, in order.</param>
/// <param name="LastModifiedAt">When the newest of its records and events was ingested, in milliseconds since the epoch.</param>
/// <param name="HasRecord">False if all that is known are events.</param>
public sealed record ProfileDocument(long Ordinal, JsonObject Entity, IReadOnlyList<string> Sources, long LastModifiedAt, bool HasRecord);

/// <summary>An event of a profile.</summary>
/// <param name="Id">Its <c>_id</c>, if it has one.</param>
/// <param name="Timestamp">When it happened, in milliseconds since the epoch, if that is known.</param>
/// <param name="IngestedAt">When it was ingested, in milliseconds since the epoch.</param>
/// <param name="Entity">Its fields, without those that have no value. The caller's to change.</param>
public sealed record ProfileEvent(string? Id, long? Timestamp, long IngestedAt, JsonObject Entity);

/// <summary>Which events of a profile to read, and in which order.</summary>
public sealed record EventQuery
{
    /// <summary>The earliest time, in milliseconds since the epoch; null for no bound. With a bound, events without a time are left out.</summary>
    public long? Start { get; init; }

    /// <summary>The time before which events are taken, in milliseconds since the epoch; null for no bound.</summary>
    public long? End { get; init; }

    /// <summary>Latest first. Events without a time are last in both orders.</summary>
    public bool Descending { get; init; }

    /// <summary>The most events to read.</summary>
    public int Limit { get; init; } = 1000;

    /// <summary>The events to leave out at the beginning.</summary>
    public int Offset { get; init; }
}
