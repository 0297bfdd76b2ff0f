using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Muster.Storage.Lookup;
using Muster.Storage.Membership;

namespace Muster.Services.Entities;

/// <summary>Puts the memberships of a profile into its stored record, without reading the record.</summary>
public static class EntityRecord
{
    /// <summary>The namespace of the segments that Muster evaluates.</summary>
    public const string OwnNamespace = "ups";

    private const int BytesOfAMembership = 120;

    /// <summary>The record with <c>segmentMembership</c> at its end, if there is any.</summary>
    /// <param name="profile">As it is stored.</param>
    /// <param name="own">After the last segment job. What arrived under our own namespace was made elsewhere: these take its place.</param>
    public static ReadOnlyMemory<byte> Join(StoredProfile profile, IReadOnlyList<ProfileMembership> own)
    {
        if (own.Count == 0 && profile.ForeignMemberships.Length == 0) return profile.Document;
        var joined = new ArrayBufferWriter<byte>(
            profile.Document.Length + profile.ForeignMemberships.Length + 64 + (own.Count * BytesOfAMembership));
        joined.Write(profile.Document.Span[..^1]);
        joined.Write(profile.Document.Length > 2 ? ",\"segmentMembership\":"u8 : "\"segmentMembership\":"u8);
        int start = joined.WrittenCount;
        if (own.Count == 0) joined.Write(profile.ForeignMemberships.Span);
        else WriteMemberships(joined, profile.ForeignMemberships.Span, own);
        if (joined.WrittenCount == start) return profile.Document;
        joined.Write("}"u8);
        return joined.WrittenMemory;
    }

    private static void WriteMemberships(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> foreign, IReadOnlyList<ProfileMembership> own)
    {
        using var writer = new Utf8JsonWriter(target, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        if (foreign.Length > 0) CopyForeign(writer, foreign);
        writer.WriteStartObject(OwnNamespace);
        foreach (ProfileMembership membership in own)
        {
            writer.WriteStartObject(membership.SegmentId);
            writer.WriteString("lastQualificationTime"u8, DateTimeOffset.FromUnixTimeMilliseconds(membership.LastQualificationTime)
                .ToString("yyyy-MM-ddTHH:mm:ss'+00:00'", CultureInfo.InvariantCulture));
            writer.WriteString("status"u8, Text(membership.Status));
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void CopyForeign(Utf8JsonWriter writer, ReadOnlySpan<byte> foreign)
    {
        var reader = new Utf8JsonReader(foreign);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (string.Equals(name, OwnNamespace, StringComparison.OrdinalIgnoreCase)) continue;
            writer.WritePropertyName(name);
            writer.WriteRawValue(foreign[start..(int)reader.BytesConsumed], skipInputValidation: true);
        }
    }

    private static string Text(MembershipStatus status) => status switch
    {
        MembershipStatus.Realized => "realized",
        MembershipStatus.Existing => "existing",
        _ => "exited",
    };
}
