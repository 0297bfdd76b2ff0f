using Microsoft.Extensions.Logging;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Identity;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <summary>
/// The data of one sandbox: its current manifest, what it names, and the commits that move it. Readers take a <see cref="SandboxSnapshot"/>.
/// Changes of profiles follow one another; a segment job may commit its membership, and a compaction its run, meanwhile. Thread-safe.
/// </summary>
public sealed partial class SandboxStore : IAsyncDisposable
{
    private readonly string _sandboxId;
    private readonly DataFolder _folder;
    private readonly SandboxJournal _journal;
    private readonly ProfileStore _profiles;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly SemaphoreSlim _compacting = new(1, 1);
    private readonly SemaphoreSlim _commit = new(1, 1);
    private readonly Lock _lock = new();
    private readonly RemapLog _remaps;
    private readonly Dictionary<GraphType, SharedMembership> _memberships;
    private readonly ILogger? _logger;
    private SandboxManifest _manifest;

    private SandboxStore(string sandboxId, DataFolder folder, SandboxJournal journal, ProfileStore profiles, SandboxManifest manifest, ILogger? logger)
    {
        _logger = logger;
        _sandboxId = sandboxId;
        _folder = folder;
        _journal = journal;
        _profiles = profiles;
        _manifest = manifest;
        string memberships = folder.Membership(sandboxId);
        _memberships = manifest.Memberships.ToDictionary(m => m.Key, m => new SharedMembership(Path.Combine(memberships, m.Value)));
        _remaps = new RemapLog(memberships, manifest.RemapFile, folder.Files);
    }

    /// <summary>
    /// Opens a sandbox at a manifest, and removes the files that no manifest names: remains of what never was committed. Runs that are damaged,
    /// missing or of an older version are made anew from the lake; and so is everything if the types of namespaces are others than it was made with.
    /// </summary>
    /// <exception cref="InvalidDataException">What cannot be made anew is damaged: identity files, membership files, the lake.</exception>
    public static async Task<SandboxStore> OpenAsync(
        string sandboxId, DataFolder folder, SandboxJournal journal, SandboxManifest manifest, IReadOnlyDictionary<string, string> types,
        DuckDbOptions options, ILogger? logger, CancellationToken cancellationToken)
    {
        folder.Files.CreateFolder(folder.Membership(sandboxId));
        string spill = Path.Combine(folder.Sandbox(sandboxId), "spill");
        if (Directory.Exists(spill)) Directory.Delete(spill, recursive: true);
        (ProfileStore profiles, bool isWhole) = await OpenProfilesAsync(folder.Sandbox(sandboxId), folder.Lookup(sandboxId), manifest.Profiles, options, folder.Files, cancellationToken).ConfigureAwait(false);
        LinkingRules rules = profiles.Current.Rules.WithTypes(types);
        isWhole &= profiles.TryAdopt(rules);
        manifest = manifest with { Profiles = profiles.Current };
        profiles.Sweep();
        HashSet<string> named = [.. manifest.MembershipFiles()];
        foreach (string file in Directory.EnumerateFiles(folder.Membership(sandboxId)))
            if (!named.Contains(Path.GetFileName(file))) File.Delete(file);
        var store = new SandboxStore(sandboxId, folder, journal, profiles, manifest, logger);
        if (!isWhole) await store.RebuildAsync(rules, null, cancellationToken).ConfigureAwait(false);
        return store;
    }

    /// <summary>Makes files last; for those that are written to be committed here.</summary>
    public DurableFiles Files => _folder.Files;

    /// <summary>The current manifest.</summary>
    public SandboxManifest Manifest
    {
        get { lock (_lock) return _manifest; }
    }

    /// <summary>The sequence number of the next batch: batches are ordered by it, later ones win.</summary>
    public long NextBatchSequence => Manifest.Profiles.LastSequence + 1;

    /// <summary>Pins the current manifest.</summary>
    public SandboxSnapshot TakeSnapshot()
    {
        lock (_lock) return Pin();
    }

    /// <summary>Pins the current manifest, and finds a person in it.</summary>
    /// <param name="graph">Which identities are one profile.</param>
    /// <param name="ns">A namespace in any case.</param>
    /// <param name="id">The id.</param>
    public LocatedProfile Locate(GraphType graph, string ns, string id)
    {
        lock (_lock)
        {
            long? ordinal = _profiles.FindProfile(graph, ns, id);
            return new LocatedProfile(Pin(), ordinal, ordinal is { } found ? _profiles.IdentitiesOf(graph, found) : []);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (SharedMembership membership in _memberships.Values) membership.Release();
        await _profiles.DisposeAsync().ConfigureAwait(false);
        _changing.Dispose();
        _compacting.Dispose();
        _repairing.Dispose();
        _commit.Dispose();
    }

    private static async Task<(ProfileStore Profiles, bool IsWhole)> OpenProfilesAsync(
        string folder, string lookups, StoreManifest manifest, DuckDbOptions options, DurableFiles files, CancellationToken cancellationToken)
    {
        if (manifest.Version == StoreManifest.CurrentVersion)
        {
            try
            {
                return (await ProfileStore.OpenAsync(folder, manifest, options, files, cancellationToken, lookups).ConfigureAwait(false), true);
            }
            catch (InvalidDataException) when (manifest.Views.Any(v => v.Runs.Count > 0))
            {
                // Runs are derived; if it is not they that are damaged, the next line throws the same again.
            }
        }
        StoreManifest bare = manifest with { Views = [.. manifest.Views.Select(v => v with { Runs = [], ProfileCount = 0 })] };
        return (await ProfileStore.OpenAsync(folder, bare, options, files, cancellationToken, lookups).ConfigureAwait(false), false);
    }

    private SandboxSnapshot Pin()
    {
        long number = _manifest.Number;
        _remaps.Enter(number);
        Dictionary<GraphType, MembershipSpace> spaces = Enum.GetValues<GraphType>()
            .ToDictionary(g => g, g => new MembershipSpace(_memberships.GetValueOrDefault(g), _remaps.Of(g)));
        return new SandboxSnapshot(_manifest, _profiles, spaces, _profiles.Pin(_manifest.Profiles), () => _remaps.Leave(number));
    }
}

/// <summary>A person in a pinned manifest.</summary>
/// <param name="Snapshot">What is pinned; the caller's to dispose.</param>
/// <param name="Ordinal">The profile; null if nothing is known of the identity.</param>
/// <param name="Identities">All identities of the profile in the order of namespace and id.</param>
public sealed record LocatedProfile(SandboxSnapshot Snapshot, long? Ordinal, IReadOnlyList<(string Namespace, string Id)> Identities);
