namespace Muster.Storage.Membership;

/// <summary>How a profile stands to a segment; combined where a question is about several.</summary>
[Flags]
public enum MembershipStatus
{
    /// <summary>The profile has no entry.</summary>
    None = 0,

    /// <summary>Entered in the last evaluation of the segment.</summary>
    Realized = 1,

    /// <summary>Entered in an earlier evaluation and is still in.</summary>
    Existing = 2,

    /// <summary>Was in and left; kept for <see cref="MembershipUpdate.ExitedKept"/>.</summary>
    Exited = 4,

    /// <summary>All who are in.</summary>
    Member = Realized | Existing,
}
