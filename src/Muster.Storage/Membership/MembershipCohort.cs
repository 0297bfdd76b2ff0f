namespace Muster.Storage.Membership;

/// <summary>
/// The profiles that entered a segment, or left it, at one time; and where a file holds them. Any number of threads may use it.
/// </summary>
/// <param name="exited">True if they left.</param>
/// <param name="time">When, in milliseconds since the epoch.</param>
/// <param name="members">How many.</param>
/// <param name="offset">Where the written set starts in the file.</param>
/// <param name="length">Its bytes.</param>
internal sealed class MembershipCohort(bool exited, long time, long members, long offset, int length)
{
    // A bit for each container whose checksum was found right; made when the directory was. Checking twice in a race does no harm.
    private ulong[]? _checked;

    public bool Exited { get; } = exited;

    public long Time { get; } = time;

    public long Members { get; } = members;

    public long Offset { get; } = offset;

    public int Length { get; } = length;

    public MembershipStatus Status(long lastEvaluation) =>
        Exited ? MembershipStatus.Exited : Time == lastEvaluation ? MembershipStatus.Realized : MembershipStatus.Existing;

    /// <summary>
    /// Whether an entry here counts and one in the other cohort does not: the later does, and at the same time the one that is in.
    /// </summary>
    public bool Supersedes(MembershipCohort other) => Time > other.Time || (Time == other.Time && !Exited);

    /// <summary>Finds the container with a key and checks what was not checked before; false if there is none.</summary>
    public bool TryView(MappedBytes.Lease lease, long key, out ContainerView view)
    {
        ulong[]? seen = Volatile.Read(ref _checked);
        OrdinalSetView set = new(lease.Span(Offset, Length), checkedBefore: seen is not null);
        if (seen is null) Volatile.Write(ref _checked, seen = new ulong[(set.Length + 63) / 64]);
        int index = set.Find(key);
        view = default;
        if (index < 0) return false;
        bool known = (Volatile.Read(ref seen[index >> 6]) & (1UL << index)) != 0;
        view = set.View(index, known);
        if (!known) Interlocked.Or(ref seen[index >> 6], 1UL << index);
        return true;
    }
}
