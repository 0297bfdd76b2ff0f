using Muster.Storage.Exports;
using Muster.Storage.Membership;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Export;

/// <summary>Which profiles each batch of an export takes.</summary>
internal static class ExportSelections
{
    /// <summary>The selection of some segments: the union of their members.</summary>
    /// <param name="request">The filters that hold for all segments.</param>
    /// <param name="segments">The segments of one batch; null for everybody.</param>
    /// <param name="snapshot">Its membership is that of the last finished segment job.</param>
    public static ProfileSelection Of(ExportRequest request, IReadOnlyList<ExportSegment>? segments, SandboxSnapshot snapshot)
    {
        if (segments is null) return new ProfileSelection(null, [], request.UpdatedAfter, RecordsOnly: !request.EmptyProfiles);
        OrdinalSet ordinals = OrdinalSet.Empty;
        foreach (ExportSegment segment in segments.Where(s => s.IsOwn))
        {
            OrdinalSet chosen = snapshot.Select(segment.SegmentId, Statuses(segment.Statuses), request.QualifiedFrom, request.QualifiedTo);
            ordinals = ordinals.Or(chosen);
        }

        ForeignMembership[] foreign = segments.Where(s => !s.IsOwn)
            .Select(s => new ForeignMembership(s.Namespace, s.SegmentId, s.Statuses, request.QualifiedFrom, request.QualifiedTo)).ToArray();
        return new ProfileSelection(ordinals, foreign, request.UpdatedAfter, RecordsOnly: !request.EmptyProfiles);
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
