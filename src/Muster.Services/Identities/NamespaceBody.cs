using System.Text.Json.Nodes;
using Muster.Services.Requests;
using Muster.Storage.Identity;

namespace Muster.Services.Identities;

/// <summary>A namespace as a client writes it.</summary>
internal sealed record NamespaceBody(string Code, string Type, string Name, string Description)
{
    private const int MaxCode = 64, MaxText = 1024;

    /// <summary>Reads a new one.</summary>
    /// <exception cref="RequestRefusedException">400.</exception>
    public static NamespaceBody Read(JsonObject body)
    {
        string code = body.RequiredText("code");
        // Control characters would end the code inside an XID.
        if (code.Length > MaxCode || code.Any(char.IsControl) || code != code.Trim())
            throw JsonFields.WrongValue("code", $"must be up to {MaxCode} characters without blanks around them");
        return new NamespaceBody(code, ReadType(body), ReadName(body), ReadDescription(body) ?? "");
    }

    /// <summary>The name of a change.</summary>
    public static string ReadName(JsonObject body) => Bounded(body.RequiredText("name"), "name");

    /// <summary>The description of a change; null if it stays.</summary>
    public static string? ReadDescription(JsonObject body) => body.Text("description") is { } text ? Bounded(text, "description") : null;

    private static string ReadType(JsonObject body)
    {
        string type = body.RequiredText("idType").ToUpperInvariant();
        return IdentityTypes.Custom.Contains(type)
            ? type : throw JsonFields.WrongValue("idType", $"must be one of [{string.Join(", ", IdentityTypes.Custom)}]");
    }

    private static string Bounded(string text, string field) =>
        text.Length <= MaxText ? text : throw JsonFields.WrongValue(field, $"must be up to {MaxText} characters");
}
