using System.Text.Json.Nodes;
using Muster.Services;
using Muster.Services.Identities;
using Muster.Services.Requests;

namespace Muster.Server.Api.Identities;

/// <summary>What a bulk request asks for.</summary>
/// <param name="Asked">The identities, in order.</param>
/// <param name="WrongXids">Texts that are no XIDs.</param>
/// <param name="WrongParts">Items that name no namespace or no id, as they came.</param>
internal sealed record BulkIdentities(IReadOnlyList<AskedIdentity> Asked, JsonArray WrongXids, JsonArray WrongParts)
{
    /// <summary>The most identities of a request.</summary>
    public const int Capacity = 1000;

    // The first that is there counts. An object is taken for a list of one.
    private static readonly string[] _fields =
        ["xids", "xid", "compositeXids", "composite_xids", "compositeXid", "composite_xid", "compositeXidsWithNamespace"];

    /// <summary>Reads a body: an object with one of the lists, or an array of such objects or of identities.</summary>
    /// <exception cref="RequestRefusedException">400.</exception>
    public static BulkIdentities Read(JsonNode? body, NamespaceBook book)
    {
        List<JsonNode?> items = [.. body is JsonArray array ? array.SelectMany(ItemsOf) : ItemsOf(JsonFields.AsObject(body))];
        if (items.Count == 0) throw AskedIdentity.Wrong("Missing required field - xids or compositeXids");
        if (items.Count > Capacity) throw AskedIdentity.Wrong($"There is a limit of {Capacity} XIDs in a single call");
        var asked = new List<AskedIdentity>();
        var read = new BulkIdentities(asked, [], []);
        foreach (JsonNode? item in items)
        {
            if (AskedIdentity.Read(item, book) is { } identity) asked.Add(identity);
            else (item is JsonObject ? read.WrongParts : read.WrongXids).Add(item?.DeepClone());
        }
        return read;
    }

    private static IEnumerable<JsonNode?> ItemsOf(JsonNode? node)
    {
        if (node is not JsonObject body) return [node];
        string? field = _fields.FirstOrDefault(f => body[f] is not null);
        // An object with a namespace or an id of its own is an identity.
        if (field is null) return body["id"] is null ? [] : [body];
        return body[field] is JsonArray list ? list : Enumerable.Repeat(body[field], 1);
    }
}
