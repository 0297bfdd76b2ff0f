using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Muster.Storage.Lookup;

namespace Muster.Services.Entities;

/// <summary>
/// The position of an event as opaque text: clients give it back to get what stands behind it. It holds the order too, for a cursor of one
/// order
/// means nothing in the other.
/// </summary>
public static class EventCursor
{
    private const char Separator = '|';
    private const int MaxLength = 16 * 1024;

    /// <summary>The text of a position.</summary>
    public static string Write(EventPosition position, bool descending) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{(descending ? '-' : '+')}{position.Microseconds}|{position.Batch}|{position.Twin}|{IdPart(position)}")));

    /// <summary>The position of a text.</summary>
    /// <exception cref="RequestRefusedException">400: <see cref="Write"/> did not make it, or for the other order.</exception>
    public static EventPosition Read(string cursor, bool descending) => TryRead(cursor, descending) ?? throw new RequestRefusedException(
        400, "entity.cursor", $"'{cursor}' is no cursor of this list. Start without one and follow _links.next.");

    private static EventPosition? TryRead(string cursor, bool descending)
    {
        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor)) return null;
        string text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        string[] parts = text.Split(Separator, 4);
        if (parts.Length != 4 || parts[0].Length == 0 || parts[0][0] != (descending ? '-' : '+')) return null;
        long microseconds = 0;
        bool hasTime = parts[0].Length > 1;
        if (hasTime && !Number(parts[0][1..], out microseconds)) return null;
        if (!Number(parts[1], out long batch)) return null;
        if (!int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int twin)) return null;
        // Beyond the years 1 to 9999 no time can be said.
        if (microseconds is < -62_135_596_800_000_000 or > 253_402_300_799_999_999) return null;
        return new EventPosition(hasTime ? microseconds : null, parts[3].Length == 0 ? null : parts[3][1..], batch, twin);
    }

    private static string IdPart(EventPosition position) => position.Id is null ? "" : "=" + position.Id;

    private static bool Number(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
