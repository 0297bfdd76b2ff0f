using Muster.Engine.Columns;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Journal;
using Muster.Storage.Lookup;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <summary>
/// The data of one sandbox: its current manifest, what it names, and the two commits that move it. Readers take a <see
/// cref="SandboxSnapshot"/>. Batches are applied one at a time; a segment job may commit its membership meanwhile. Thread-safe.
/// </summary>
public sealed class SandboxStore : IAsyncDisposable
{
    private readonly string _sandboxId;
    private readonly DataFolder _folder;
    private readonly SandboxJournal _journal;
    private readonly ProfileStore _profiles;
    private readonly SemaphoreSlim _commit = new(1, 1);
    private readonly Lock _lock = new();
    private SandboxManifest _manifest;
    private SharedMembership? _membership;

    /// <summary>
    /// Merges of profiles by the manifest that brought them, before there is a membership file to hold them against: the first job may have
    /// begun before them. In memory only, for a restart begins that job anew.
    /// </summary>
    private readonly List<(long Manifest, IReadOnlyDictionary<long, long> Retired)> _unfiled = [];

    private SandboxStore(
        string sandboxId, DataFolder folder, SandboxJournal journal, ProfileStore profiles, SandboxManifest manifest,
            SharedMembership? membership)
    {
        _sandboxId = sandboxId;
        _folder = folder;
        _journal = journal;
        _profiles = profiles;
        _manifest = manifest;
        _membership = membership;
    }

    /// <summary>Opens a sandbox at a manifest, and removes the files that no manifest names: remains of what never was committed.</summary>
    public static async Task<SandboxStore> OpenAsync(
        string sandboxId, DataFolder folder, SandboxJournal journal, SandboxManifest manifest, DuckDbOptions options,
        CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder.Membership(sandboxId));
        string spill = Path.Combine(folder.Sandbox(sandboxId), "spill");
        if (Directory.Exists(spill)) Directory.Delete(spill, recursive: true);
        ProfileStore profiles =
            await ProfileStore.OpenAsync(folder.Sandbox(sandboxId), manifest.Profiles, options, cancellationToken, new LookupStore(folder.Lookup(sandboxId)))
                .ConfigureAwait(false);
        profiles.Sweep();
        foreach (string file in Directory.EnumerateFiles(folder.Membership(sandboxId)))
            if (Path.GetFileName(file) != manifest.MembershipFile) File.Delete(file);
        SharedMembership? membership =
            manifest.MembershipFile is { } name ? new SharedMembership(Path.Combine(folder.Membership(sandboxId), name)) : null;
        return new SandboxStore(sandboxId, folder, journal, profiles, manifest, membership);
    }

    /// <summary>The profiles for reading one by one, and how far they are.</summary>
    public LookupStore Lookups => _profiles.Lookups!;

    /// <summary>Pins the current manifest.</summary>
    public SandboxSnapshot TakeSnapshot()
    {
        lock (_lock)
        {
            IBlockSource blocks = _profiles.OpenBlocks(_manifest.Profiles);
            SharedMembership? membership = _membership?.Share();
            return new SandboxSnapshot(_manifest, _profiles, blocks, membership?.File, membership is null ? null : membership.Release);
        }
    }

    /// <summary>
    /// Makes the new state that a batch leads to, as files that nothing names yet. One at a time; then commit or discard it.
    /// </summary>
    public Task<PreparedApply> PrepareAsync(LakeBatch batch, IProgress<double>? progress, CancellationToken cancellationToken) =>
        _profiles.PrepareAsync([batch], batch.Sequence, progress, cancellationToken);

    /// <summary>The sequence number of the next batch: batches are ordered by it, later ones win.</summary>
    public long NextBatchSequence => _manifest.Profiles.Watermark + 1;

    /// <summary>Commits a batch with its profiles: journal, manifest and the caller's rows in one transaction.</summary>
    /// <returns>
    /// False if <paramref name="change"/> refused; then, and if anything is thrown before the commit, nothing changed and the prepared
    /// files are gone.
    /// </returns>
    public async Task<bool> CommitBatchAsync(
        PreparedApply prepared, object payload, Func<ControlPlaneContext, long, Task<bool>> change, CancellationToken cancellationToken)
    {
        bool isCommitted = false;
        await _commit.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            var retirements = new Dictionary<long, long>();
            if (_membership is not null)
            {
                Retire(retirements, _manifest.Retirements);
                Retire(retirements, prepared.Retired);
            }

            SandboxManifest next = _manifest with { Profiles = prepared.Manifest, Retirements = retirements };
            CommittedNumbers? committed = await _journal.CommitAsync(_sandboxId, JournalKinds.BatchCommitted, payload,
                number => (next = next with { Number = number }).ToJson(), change, cancellationToken).ConfigureAwait(false);
            if (committed is null) return false;
            isCommitted = true;
            if (_membership is null && prepared.Retired.Count > 0) _unfiled.Add((next.Number, prepared.Retired));
            lock (_lock)
            {
                _profiles.Publish(prepared);
                _manifest = next;
            }

            _profiles.Sweep();
            return true;
        }
        finally
        {
            if (!isCommitted) _profiles.Discard(prepared);
            _commit.Release();
        }
    }

    /// <summary>A name for a new membership file, as an absolute path.</summary>
    public string NewMembershipPath() => Path.Combine(_folder.Membership(_sandboxId), Guid.NewGuid().ToString("N") + ".membership");

    /// <summary>
    /// Commits the result of a segment job: journal, manifest and the caller's rows in one transaction. Profiles that merged after
    /// <paramref name="basis"/> was taken stay noted as retirements of the new file.
    /// </summary>
    /// <returns>
    /// False if <paramref name="change"/> refused; then, and if anything is thrown before the commit, nothing changed and the file is gone.
    /// </returns>
    public async Task<bool> CommitMembershipAsync(
        SandboxManifest basis, string path, object payload, Func<ControlPlaneContext, long, Task<bool>> change,
            CancellationToken cancellationToken)
    {
        var membership = new SharedMembership(path);
        bool isCommitted = false;
        await _commit.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            var later = new Dictionary<long, long>();
            foreach ((_, IReadOnlyDictionary<long, long> retired) in _unfiled.Where(u => u.Manifest > basis.Number)) Retire(later, retired);
            Retire(later, _manifest.Retirements.Where(r => !basis.Retirements.ContainsKey(r.Key)));
            SandboxManifest next = _manifest with { MembershipFile = Path.GetFileName(path), Retirements = later };
            CommittedNumbers? committed = await _journal.CommitAsync(_sandboxId, JournalKinds.SegmentJobFinished, payload,
                number => (next = next with { Number = number }).ToJson(), change, cancellationToken).ConfigureAwait(false);
            if (committed is null) return false;
            isCommitted = true;
            _unfiled.Clear();
            lock (_lock)
            {
                _membership?.Retire();
                _membership = membership;
                _manifest = next;
            }

            return true;
        }
        finally
        {
            if (!isCommitted) membership.Retire();
            _commit.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _membership?.Release();
        await _profiles.DisposeAsync().ConfigureAwait(false);
        _commit.Dispose();
    }

    /// <summary>Adds later merges to earlier ones, whose survivors may have been merged in turn.</summary>
    private static void Retire(Dictionary<long, long> known, IEnumerable<KeyValuePair<long, long>> later)
    {
        var survivors = new Dictionary<long, long>(later);
        foreach (long ordinal in known.Keys.ToArray())
            if (survivors.TryGetValue(known[ordinal], out long survivor)) known[ordinal] = survivor;
        foreach ((long retired, long survivor) in survivors) known[retired] = survivor;
    }
}
