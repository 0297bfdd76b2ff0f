using Muster.Storage.Lookup;

namespace Muster.Services.Entities;

/// <summary>One identity as a request names it: by namespace and id, or by an XID alone.</summary>
/// <param name="Id">The id, or an XID if <paramref name="Namespace"/> is null.</param>
/// <param name="Namespace">A namespace code, any case; null for an XID.</param>
public sealed record EntityKey(string Id, string? Namespace);

/// <summary>Which events of a person a request wants.</summary>
/// <param name="Fields">Dotted paths; null for all.</param>
/// <param name="From">Timestamp at or after, ms; null for any.</param>
/// <param name="Before">Timestamp before, ms; null for any.</param>
/// <param name="Descending">Newest first.</param>
/// <param name="Limit">The most to return, 1 to 1,000.</param>
/// <param name="Cursor">From the page before; null for the first.</param>
public sealed record EntityEventQuery(IReadOnlyList<string>? Fields, long? From, long? Before, bool Descending, int Limit, string? Cursor)
{
    /// <summary>The <c>_id</c> of the only event that is wanted; null for all.</summary>
    public string? EventId { get; init; }

    /// <summary>What else must hold of an event.</summary>
    public IReadOnlyList<EventCondition> Conditions { get; init; } = [];
}
