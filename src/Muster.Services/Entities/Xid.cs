using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Muster.Services.Entities;

/// <summary>
/// The opaque name of one identity: base64url of the lower-cased namespace code, a zero byte and the id. Stable, URL-safe and reversible,
/// so that no table of XIDs is needed.
/// </summary>
public static class Xid
{
    /// <summary>The XID of an identity.</summary>
    public static string Encode(string namespaceCode, string id) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(namespaceCode.ToLowerInvariant() + "\0" + id));

    /// <summary>The identity of an XID; false for any text that <see cref="Encode"/> does not make.</summary>
    public static bool TryDecode(string xid, [NotNullWhen(true)] out string? namespaceCode, [NotNullWhen(true)] out string? id)
    {
        namespaceCode = id = null;
        if (xid.Length is 0 or > 8192 || !Base64Url.IsValid(xid)) return false;
        string text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(xid));
        int zero = text.IndexOf('\0', StringComparison.Ordinal);
        if (zero <= 0 || zero == text.Length - 1) return false;
        namespaceCode = text[..zero];
        id = text[(zero + 1)..];
        return Encode(namespaceCode, id) == xid;
    }
}
