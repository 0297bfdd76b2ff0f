using Muster.Engine.Columns;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <summary>
/// A pinned manifest: whatever is committed after it was taken, it reads the same profiles and the same membership. Dispose it soon: the
/// files it names are kept on disk as long as it lives. Thread-safe for reading.
/// </summary>
public sealed class SandboxSnapshot : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<GraphType, MembershipSpace> _spaces;
    private readonly PinnedProfiles _pin;
    private readonly Action _release;
    private int _disposed;

    internal SandboxSnapshot(
        SandboxManifest manifest, ProfileStore profiles, IReadOnlyDictionary<GraphType, MembershipSpace> spaces, PinnedProfiles pin, Action release)
    {
        Manifest = manifest;
        Profiles = profiles;
        _spaces = spaces;
        _pin = pin;
        _release = release;
    }

    /// <summary>What is pinned.</summary>
    public SandboxManifest Manifest { get; }

    /// <summary>The store of profiles; take <c>Manifest.Profiles</c> for its methods.</summary>
    public ProfileStore Profiles { get; }

    /// <summary>Reads single profiles and their events.</summary>
    public PinnedProfiles Pinned => _pin;

    /// <summary>The membership in the profiles of a graph type.</summary>
    public MembershipSpace Space(GraphType graph) => _spaces[graph];

    /// <summary>Opens the profiles under a method, in blocks; dispose it before the snapshot.</summary>
    /// <exception cref="ArgumentException">The manifest has no view of the method: see <see cref="SandboxStore.EnsureViewAsync"/>.</exception>
    public IBlockSource OpenBlocks(MergeMethod method) => Profiles.OpenBlocks(Manifest.Profiles, method);

    /// <summary>True if the profiles under a method are there.</summary>
    public bool HasView(MergeMethod method) => Manifest.Profiles.View(method) is not null;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return ValueTask.CompletedTask;
        _pin.Dispose();
        foreach (MembershipSpace space in _spaces.Values) space.Release();
        _release();
        return ValueTask.CompletedTask;
    }
}
