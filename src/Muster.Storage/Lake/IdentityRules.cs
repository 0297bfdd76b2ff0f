using System.Buffers;
using System.Text;

namespace Muster.Storage.Lake;

/// <summary>
/// Which ids identify nobody, for records that arrive and for the graph alike: what sites send for "nobody" would join strangers into one person.
/// </summary>
public static class IdentityRules
{
    /// <summary>A longer id is not used.</summary>
    public const int MaximumLength = 1024;

    /// <summary>
    /// False for ids that are blank, longer than 1,024 characters, or placeholders: null, anonymous, invalid (in any case, also with blanks around).
    /// </summary>
    public static bool IsUsable(ReadOnlySpan<char> id)
    {
        ReadOnlySpan<char> text = id.Trim();
        return text.Length > 0 && id.Length <= MaximumLength
            && !text.Equals("null", StringComparison.OrdinalIgnoreCase)
            && !text.Equals("anonymous", StringComparison.OrdinalIgnoreCase)
            && !text.Equals("invalid", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The same of UTF-8 text.</summary>
    internal static bool IsUsable(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaximumLength * 4) return false;
        // Nothing to trim, as nearly always.
        if (utf8.Length is > 0 and <= MaximumLength && utf8[0] is > 0x20 and < 0x7f && utf8[^1] is > 0x20 and < 0x7f) return !IsPlaceholder(utf8);
        char[] rented = ArrayPool<char>.Shared.Rent(utf8.Length);
        try
        {
            return IsUsable(rented.AsSpan(0, Encoding.UTF8.GetChars(utf8, rented)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static bool IsPlaceholder(ReadOnlySpan<byte> text) => text.Length switch
    {
        4 => Ascii.EqualsIgnoreCase(text, "null"u8),
        7 => Ascii.EqualsIgnoreCase(text, "invalid"u8),
        9 => Ascii.EqualsIgnoreCase(text, "anonymous"u8),
        _ => false,
    };
}
