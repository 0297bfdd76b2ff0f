using System.Text;

namespace Muster.Storage.Identity;

/// <summary>Which texts are ids. Placeholders that sites send for "nobody" would otherwise join strangers into one person.</summary>
internal static class IdentityText
{
    /// <summary>The longest id in characters.</summary>
    public const int MaxCharacters = 1024;

    private static readonly string[] Placeholders = ["null", "anonymous", "invalid"];

    /// <summary>False for blank texts, placeholders in any case and overlong texts.</summary>
    public static bool IsIdentity(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty) return false;
        foreach (string placeholder in Placeholders)
            if (id.Length == placeholder.Length && Ascii.EqualsIgnoreCase(id, placeholder)) return false;
        if (id.Length > MaxCharacters && Encoding.UTF8.GetCharCount(id) > MaxCharacters) return false;
        // Most ids begin with a printable ASCII character; the rest are worth a decoding.
        return id[0] is > 32 and < 127 || !string.IsNullOrWhiteSpace(Encoding.UTF8.GetString(id));
    }
}
