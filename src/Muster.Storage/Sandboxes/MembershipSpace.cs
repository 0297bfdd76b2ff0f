using Muster.Storage.Membership;

namespace Muster.Storage.Sandboxes;

/// <summary>
/// Who is in which segment, for the profiles of one graph type: the file of the last job, read as people are now. Thread-safe.
/// </summary>
public sealed class MembershipSpace
{
    private readonly SharedMembership? _shared;

    internal MembershipSpace(SharedMembership? shared, OrdinalRemap remap)
    {
        _shared = shared?.Share();
        Remap = remap;
    }

    /// <summary>The membership of the last segment job; null before the first.</summary>
    public MembershipFile? File => _shared?.File;

    /// <summary>What became of the file's ordinals since.</summary>
    public OrdinalRemap Remap { get; }

    /// <summary>
    /// The memberships of a profile: its own and, until the next segment job, those of the profiles that it was made of; of two for one
    /// segment the later one.
    /// </summary>
    public IReadOnlyList<ProfileMembership> Of(long profileOrdinal) => File is null ? [] : File.OfProfile(Remap.SourcesOf(profileOrdinal));

    /// <summary>
    /// The profiles with one of these statuses in a segment whose qualification time lies in a window, bounds included; those that merged or
    /// split count as in <see cref="Of"/>. Nobody for a segment that no job evaluated.
    /// </summary>
    public OrdinalSet Select(string segmentId, MembershipStatus statuses, long? start = null, long? end = null)
    {
        if (File?.Find(segmentId) is not { } segment) return OrdinalSet.Empty;
        if (Remap.IsEmpty) return File.Select(segmentId, statuses, start, end);
        var cohorts = new SegmentCohorts(File, segment);
        cohorts.Apply(Remap);
        OrdinalSet found = OrdinalSet.Empty;
        foreach ((bool exited, long time, OrdinalSet members) in cohorts)
        {
            MembershipStatus status = exited ? MembershipStatus.Exited
                : time == segment.LastEvaluation ? MembershipStatus.Realized : MembershipStatus.Existing;
            if ((status & statuses) != 0 && !(time < start) && !(time > end)) found = found.Or(members);
        }

        return found;
    }

    internal void Release() => _shared?.Release();
}
