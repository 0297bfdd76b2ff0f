namespace Muster.Storage.Lookup;

/// <summary>A merged profile as bytes that go to a client as they are.</summary>
/// <param name="Ordinal">Its ordinal.</param>
/// <param name="Document">
/// Its fields as XDM has them, a JSON object in UTF-8 without <c>segmentMembership</c>. Fields without a value are left out.
/// </param>
/// <param name="ForeignMemberships">The <c>segmentMembership</c> that came with its records, a JSON object; empty if none did.</param>
/// <param name="Sources">The ids of the datasets that its data is from, in order.</param>
/// <param name="LastModifiedAt">When the newest of its records and events was ingested, in milliseconds since the epoch.</param>
/// <param name="HasRecord">False if all that is known are events.</param>
public sealed record StoredProfile(
    long Ordinal,
    ReadOnlyMemory<byte> Document,
    ReadOnlyMemory<byte> ForeignMemberships,
    IReadOnlyList<string> Sources,
    long LastModifiedAt,
    bool HasRecord);
