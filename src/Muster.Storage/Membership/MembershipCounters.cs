namespace Muster.Storage.Membership;

/// <summary>What one evaluation of a segment found.</summary>
/// <param name="Realized">Profiles that entered.</param>
/// <param name="Existing">Profiles that were in and stayed.</param>
/// <param name="Exited">Profiles that left.</param>
public readonly record struct MembershipCounters(long Realized, long Existing, long Exited)
{
    /// <summary>All who are in now.</summary>
    public long Members => Realized + Existing;
}
