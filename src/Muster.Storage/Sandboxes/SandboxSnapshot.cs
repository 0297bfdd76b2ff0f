using Muster.Engine.Columns;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <summary>
/// A pinned manifest: whatever is committed after it was taken, it reads the same profiles and the same membership. Dispose it soon: the files
/// it names are kept on disk as long as it lives. Thread-safe for reading.
/// </summary>
public sealed class SandboxSnapshot : IAsyncDisposable
{
    private readonly Action? _release;
    private int _disposed;

    internal SandboxSnapshot(SandboxManifest manifest, ProfileStore profiles, IBlockSource blocks, MembershipFile? membership, Action? release)
    {
        Manifest = manifest;
        Profiles = profiles;
        Blocks = blocks;
        Membership = membership;
        _release = release;
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
    public IReadOnlyList<ProfileMembership> MembershipsOf(long profileOrdinal)
    {
        if (Membership is null) return [];
        long[] merged = Manifest.Retirements.Where(r => r.Value == profileOrdinal).Select(r => r.Key).ToArray();
        return Membership.OfProfile(profileOrdinal, merged);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await Blocks.DisposeAsync().ConfigureAwait(false);
        _release?.Invoke();
    }
}
