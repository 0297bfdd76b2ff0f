using System.Text.Json;
using Muster.Pql.Time;
using Muster.Pql.Types;

namespace Muster.Engine.Columns;

/// <summary>
/// Makes an in-memory block of profile records in JSON: for specs, previews and streaming, not for bulk. Values that do not have their
/// field's type and fields that the schema does not name are null. Each block has dictionaries of its own. Not thread-safe.
/// </summary>
public sealed class BlockBuilder
{
    private readonly List<long> _ordinals = [];
    private readonly LevelBuilder _profiles;

    /// <summary>Makes an empty builder.</summary>
    /// <param name="schema">Says which fields are read, and as what.</param>
    public BlockBuilder(ProfileSchema schema) => _profiles = LevelBuilder.OfElements(schema.Profile);

    /// <summary>
    /// Adds a profile; its events are sorted by timestamp (those without one last), ties stay in the order of the record.
    /// </summary>
    /// <param name="ordinal">Greater than those added before.</param>
    /// <param name="profile">A JSON object; events are its array <c>xEvent</c>.</param>
    /// <exception cref="ArgumentException">The ordinal is not greater than the last one.</exception>
    public void Add(long ordinal, JsonElement profile)
    {
        if (_ordinals.Count > 0 && ordinal <= _ordinals[^1]) throw new ArgumentException("Ordinals must rise.", nameof(ordinal));
        _ordinals.Add(ordinal);
        _profiles.AddRow(profile);
    }

    /// <summary>The block of all profiles added so far.</summary>
    public Block Build() => new([.. _ordinals], alive: null, _profiles.Build(isRoot: true));

    internal static IEnumerable<JsonElement> InTimeOrder(JsonElement events) => events.EnumerateArray().OrderBy(TimeOf);

    private static long TimeOf(JsonElement record)
    {
        if (record.ValueKind != JsonValueKind.Object || !record.TryGetProperty("timestamp", out JsonElement timestamp)) return long.MaxValue;
        return timestamp.ValueKind switch
        {
            JsonValueKind.String => IsoTime.ParseTimestamp(timestamp.GetString()) ?? long.MaxValue,
            JsonValueKind.Number when timestamp.TryGetInt64(out long milliseconds) => milliseconds,
            _ => long.MaxValue,
        };
    }
}
