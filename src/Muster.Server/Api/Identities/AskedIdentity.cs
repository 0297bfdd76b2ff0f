using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Services;
using Muster.Services.Identities;

namespace Muster.Server.Api.Identities;

/// <summary>An identity that a request asks for. Answers name identities the way it did: by XIDs, or by namespace and id.</summary>
internal sealed record AskedIdentity(string Namespace, string Id, bool IsByXid)
{
    /// <summary>The identity of an XID; null if the text is none.</summary>
    public static AskedIdentity? ByXid(string xid) =>
        Services.Entities.Xid.TryDecode(xid, out string? ns, out string? id) ? new AskedIdentity(ns, id, true) : null;

    /// <summary>
    /// The identity of an id and a code or number; the code counts if both are there. Null if the number is nobody's, or a part is blank.
    /// </summary>
    public static AskedIdentity? ByParts(NamespaceBook book, string? code, string? number, string? id)
    {
        if (code is null && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long known)) code = book.Find(known)?.Code;
        return string.IsNullOrWhiteSpace(code) || string.IsNullOrWhiteSpace(id) ? null : new AskedIdentity(book.Find(code)?.Code ?? code, id, false);
    }

    /// <summary>The identity of a query: <c>xid</c>, or <c>id</c> with a namespace.</summary>
    public static AskedIdentity Read(IQueryCollection query, NamespaceBook book)
    {
        if (query.Text("xid") is { } xid) return ByXid(xid) ?? throw Wrong($"The provided xid={xid} is invalid.");
        string? code = query.Text("namespace") ?? query.Text("ns"), number = query.Text("nsid");
        if (code is null && number is null) throw Wrong("Missing required query parameter - namespace");
        string id = query.Text("id") ?? throw Wrong("Missing required query parameter - id");
        return ByParts(book, code, number, id)
            ?? throw Wrong($"The provided namespace={number} and id={id} is invalid. Please provide a valid namespace and id in your request.");
    }

    /// <summary>The identity of an item of a body; null if it is none.</summary>
    public static AskedIdentity? Read(JsonNode? item, NamespaceBook book) => item switch
    {
        JsonObject parts when Text(parts, "xid") is { } xid => ByXid(xid),
        JsonObject parts => ByParts(book, Text(parts, "ns") ?? Text(parts, "namespace"), Text(parts, "nsid"), Text(parts, "id")),
        { } text when text.GetValueKind() == JsonValueKind.String => ByXid(text.GetValue<string>()),
        _ => null,
    };

    /// <summary>The XID.</summary>
    public string Xid => Services.Entities.Xid.Encode(Namespace, Id);

    /// <summary>An identity the way the request named this one.</summary>
    public JsonNode Name(NamespaceBook book, (string Namespace, string Id) identity, string codeField) =>
        IsByXid ? Services.Entities.Xid.Encode(identity.Namespace, identity.Id) : Composite(book, identity, codeField);

    /// <summary>An identity by its parts. Data may have namespaces that nobody registered: they have no number.</summary>
    public static JsonObject Composite(NamespaceBook book, (string Namespace, string Id) identity, string codeField)
    {
        var parts = new JsonObject();
        KnownNamespace? known = book.Find(identity.Namespace);
        if (known is not null) parts["nsid"] = known.Id;
        parts[codeField] = known?.Code ?? identity.Namespace;
        parts["id"] = identity.Id;
        return parts;
    }

    /// <summary>The refusal of a request that asks wrongly.</summary>
    public static RequestRefusedException Wrong(string message) => new(400, "identity.input", message);

    // Numbers of namespaces come as numbers and as texts.
    private static string? Text(JsonObject parts, string name) =>
        parts[name]?.GetValueKind() is JsonValueKind.String or JsonValueKind.Number ? parts[name]!.ToString() : null;
}
