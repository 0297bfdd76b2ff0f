using Muster.Storage.Exports;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Export;

/// <summary>Which profiles each batch of an export takes.</summary>
internal static class ExportSelections
{
    /// <summary>The selection of some segments: the union of their members.</summary>
    /// <param name="request">The filters that hold for all segments.</param>
    /// <param name="segments">The segments of one batch; null for everybody.</param>
    /// <param name="snapshot">Its membership is that of the last finished segment job.</param>
    /// <param name="components">Which identities are one person there.</param>
    /// <param name="graph">The graph type of the profiles that are exported.</param>
    /// <param name="optedOut">The profiles that opted out: they are in no export.</param>
    public static ProfileSelection Of(
        ExportRequest request, IReadOnlyList<ExportSegment>? segments, SandboxSnapshot snapshot, IdentityComponents components, GraphType graph, OrdinalSet optedOut)
    {
        if (segments is null) return new ProfileSelection(null, [], request.UpdatedAfter, RecordsOnly: !request.EmptyProfiles, optedOut);
        OrdinalSet ordinals = OrdinalSet.Empty;
        foreach (ExportSegment segment in segments.Where(s => s.IsOwn))
        {
            foreach (GraphType space in Enum.GetValues<GraphType>())
            {
                OrdinalSet chosen = snapshot.Space(space).Select(segment.SegmentId, Statuses(segment.Statuses), request.QualifiedFrom, request.QualifiedTo);
                ordinals = ordinals.Or(components.Translate(chosen, space, graph));
            }
        }

        ForeignMembership[] foreign = segments.Where(s => !s.IsOwn)
            .Select(s => new ForeignMembership(s.Namespace, s.SegmentId, s.Statuses, request.QualifiedFrom, request.QualifiedTo)).ToArray();
        return new ProfileSelection(ordinals, foreign, request.UpdatedAfter, RecordsOnly: !request.EmptyProfiles, optedOut);
    }

    private static MembershipStatus Statuses(IReadOnlyList<string> names)
    {
        MembershipStatus statuses = default;
        foreach (string name in names)
        {
            statuses |= name switch
            {
                "realized" => MembershipStatus.Realized,
                "existing" => MembershipStatus.Existing,
                _ => MembershipStatus.Exited,
            };
        }

        return statuses;
    }
}
