using System.Text.Json.Nodes;
using Muster.Storage.Membership;

namespace Muster.Services.Entities;

/// <summary>A profile's memberships in the shape of XDM: namespace, segment id, status and time.</summary>
public static class SegmentMembershipDocument
{
    /// <summary>The namespace of the segments that Muster evaluates.</summary>
    public const string OwnNamespace = "ups";

    /// <summary>Adds own memberships to those that arrived in records.</summary>
    /// <param name="arrived">Memberships of other namespaces; null for none. Not changed.</param>
    /// <param name="own">After the last segment job.</param>
    /// <returns>Null if there is none at all.</returns>
    public static JsonObject? Build(JsonObject? arrived, IReadOnlyList<ProfileMembership> own)
    {
        JsonObject result = arrived?.DeepClone().AsObject() ?? [];
        if (own.Count > 0)
        {
            // What arrived under our own namespace was made elsewhere: our evaluation takes its place.
            foreach (string name in result.Select(p => p.Key).Where(k => string.Equals(k, OwnNamespace, StringComparison.OrdinalIgnoreCase))
                .ToArray()) result.Remove(name);
            var segments = new JsonObject();
            foreach (ProfileMembership membership in own)
            {
                segments[membership.SegmentId] = new JsonObject
                {
                    ["lastQualificationTime"] = DateTimeOffset.FromUnixTimeMilliseconds(membership.LastQualificationTime)
                        .ToString("yyyy-MM-ddTHH:mm:ss'+00:00'", System.Globalization.CultureInfo.InvariantCulture),
                    ["status"] = Text(membership.Status),
                };
            }

            result[OwnNamespace] = segments;
        }

        return result.Count > 0 ? result : null;
    }

    /// <summary>The status as XDM spells it.</summary>
    public static string Text(MembershipStatus status) => status switch
    {
        MembershipStatus.Realized => "realized",
        MembershipStatus.Existing => "existing",
        _ => "exited",
    };
}
