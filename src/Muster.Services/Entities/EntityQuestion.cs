namespace Muster.Services.Entities;

/// <summary>An identity that was asked for, or why it cannot be looked for.</summary>
/// <param name="Namespace">A namespace in any case; empty if the key is refused.</param>
/// <param name="Id">The id; empty if the key is refused.</param>
/// <param name="Refusal">What is wrong with the key; null if nothing is.</param>
internal sealed record EntityQuestion(string Namespace, string Id, RequestRefusedException? Refusal)
{
    /// <summary>The identity that a key names.</summary>
    public static EntityQuestion Of(EntityKey key)
    {
        if (key.Namespace is { } ns) return new EntityQuestion(ns, key.Id, null);
        if (Entities.Xid.TryDecode(key.Id, out string? code, out string? id)) return new EntityQuestion(code, id, null);
        return new EntityQuestion("", "", new RequestRefusedException(
            400, "entity.identity", "entityId is not an XID. Give the namespace code in entityIdNS."));
    }

    /// <summary>The XID of the identity.</summary>
    public string Xid => Entities.Xid.Encode(Namespace, Id);
}
