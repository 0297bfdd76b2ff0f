using System.Text.Json.Nodes;

namespace Muster.Services.Entities;

/// <summary>A profile.</summary>
/// <param name="EntityId">The XID of the identity that was asked for.</param>
/// <param name="MergePolicyId">The policy that governed the merge.</param>
/// <param name="Sources">Ids of the datasets that its data is from.</param>
/// <param name="IdentityGraph">The XIDs of all its identities.</param>
/// <param name="Json">Its XDM record, a JSON object in UTF-8.</param>
/// <param name="LastModifiedAt">Milliseconds since the epoch.</param>
public sealed record EntityDocument(
    string EntityId, string MergePolicyId, IReadOnlyList<string> Sources, IReadOnlyList<string> IdentityGraph, ReadOnlyMemory<byte> Json,
        long LastModifiedAt)
{
    /// <summary>The record, parsed anew at each call.</summary>
    public JsonObject Entity => JsonNode.Parse(Json.Span)!.AsObject();
}

/// <summary>One event of a person.</summary>
/// <param name="Id">Its <c>_id</c>; null if it has none.</param>
/// <param name="Timestamp">Milliseconds since the epoch; null if it has none.</param>
/// <param name="Json">Its XDM record, a JSON object in UTF-8.</param>
/// <param name="LastModifiedAt">When it was ingested, ms.</param>
public sealed record EntityEvent(string? Id, long? Timestamp, ReadOnlyMemory<byte> Json, long LastModifiedAt)
{
    /// <summary>The XID of its identity where the page is of events of several people; null where the page says whose they are.</summary>
    public string? RelatedEntityId { get; init; }

    /// <summary>The record, parsed anew at each call.</summary>
    public JsonObject Entity => JsonNode.Parse(Json.Span)!.AsObject();
}

/// <summary>One page of events.</summary>
/// <param name="RelatedEntityId">The XID of the person.</param>
/// <param name="Events">In the asked order.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
public sealed record EntityEvents(string RelatedEntityId, IReadOnlyList<EntityEvent> Events, string? Next);
