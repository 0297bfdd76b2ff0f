using Muster.Engine.Columns;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <summary>
/// A pinned manifest: whatever is committed after it was taken, it reads the same profiles and the same membership. Dispose it soon: the
/// files it names are kept on disk as long as it lives. Thread-safe for reading.
/// </summary>
public sealed class SandboxSnapshot : IAsyncDisposable
{
    private readonly Action? _release;
    private readonly Retirements _retirements;
    private readonly ILookup<long, long> _merged;
    private int _disposed;

    internal SandboxSnapshot(SandboxManifest manifest, ProfileStore profiles, IBlockSource blocks, MembershipFile? membership,
        Action? release)
    {
        Manifest = manifest;
        Profiles = profiles;
        Blocks = blocks;
        Membership = membership;
        _release = release;
        _retirements = new Retirements(manifest.Retirements);
        _merged = manifest.Retirements.ToLookup(r => r.Value, r => r.Key);
    }

    /// <summary>What is pinned.</summary>
    public SandboxManifest Manifest { get; }

    /// <summary>The store of profiles; take <c>Manifest.Profiles</c> for its methods.</summary>
    public ProfileStore Profiles { get; }

    /// <summary>The membership of the last segment job; null before the first.</summary>
    public MembershipFile? Membership { get; }

    /// <summary>The profiles in blocks; open as long as the snapshot, which keeps its files.</summary>
    public IBlockSource Blocks { get; }

    /// <summary>
    /// The memberships of a profile: its own and, until the next segment job, those of the profiles that merged into it; of two for one
    /// segment the later one.
    /// </summary>
    public IReadOnlyList<ProfileMembership> MembershipsOf(long profileOrdinal) =>
        Membership is null ? [] : Membership.OfProfile(profileOrdinal, _merged[profileOrdinal].ToArray());

    /// <summary>
    /// The profiles with one of these statuses in a segment whose qualification time lies in a window, bounds included; those that merged
    /// count as in <see cref="MembershipsOf"/>. Nobody for a segment that no job evaluated.
    /// </summary>
    public OrdinalSet Select(string segmentId, MembershipStatus statuses, long? start = null, long? end = null)
    {
        if (Membership?.Find(segmentId) is not { } segment) return OrdinalSet.Empty;
        if (_retirements.Retired.IsEmpty) return Membership.Select(segmentId, statuses, start, end);
        var cohorts = new SegmentCohorts(Membership, segment);
        cohorts.Retire(_retirements);
        OrdinalSet found = OrdinalSet.Empty;
        foreach ((bool exited, long time, OrdinalSet members) in cohorts)
        {
            MembershipStatus status = exited ? MembershipStatus.Exited
                : time == segment.LastEvaluation ? MembershipStatus.Realized : MembershipStatus.Existing;
            if ((status & statuses) != 0 && !(time < start) && !(time > end)) found = found.Or(members);
        }

        return found;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await Blocks.DisposeAsync().ConfigureAwait(false);
        _release?.Invoke();
    }
}
