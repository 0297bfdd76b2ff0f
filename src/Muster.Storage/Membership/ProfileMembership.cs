namespace Muster.Storage.Membership;

/// <summary>One segment's entry in a profile.</summary>
/// <param name="SegmentId">The segment.</param>
/// <param name="Status">Exactly one of realized, existing and exited.</param>
/// <param name="LastQualificationTime">When the profile last entered or left, milliseconds since the epoch.</param>
public readonly record struct ProfileMembership(string SegmentId, MembershipStatus Status, long LastQualificationTime);
