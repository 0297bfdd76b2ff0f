using Muster.Storage.ControlPlane;
using Muster.Storage.Files;
using Muster.Storage.Identity;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <content>Changes of profiles: prepared, then committed or discarded.</content>
public sealed partial class SandboxStore
{
    /// <summary>
    /// Makes the new state that a change leads to, as files that nothing names yet. Waits until the change before it is committed or discarded; so
    /// whoever prepares must do one of the two, whatever happens.
    /// </summary>
    public Task<PreparedApply> PrepareAsync(StoreChange change, IProgress<double>? progress, CancellationToken cancellationToken) =>
        PrepareAsync(_ => change, progress, cancellationToken);

    /// <summary>As the other, for a change that depends on the state: it is asked for when its turn has come.</summary>
    public Task<PreparedApply> PrepareAsync(Func<ProfileStore, StoreChange> change, IProgress<double>? progress, CancellationToken cancellationToken) =>
        WithRepairAsync(() => PrepareOnceAsync(change, progress, cancellationToken), cancellationToken);

    private async Task<PreparedApply> PrepareOnceAsync(Func<ProfileStore, StoreChange> change, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _profiles.PrepareAsync(change(_profiles), progress, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _changing.Release();
            throw;
        }
    }

    /// <summary>Commits a prepared change: journal, manifest and the caller's rows in one transaction.</summary>
    /// <param name="prepared">What <see cref="PrepareAsync(StoreChange, IProgress{double}?, CancellationToken)"/> gave.</param>
    /// <param name="kind">One of <see cref="JournalKinds"/>.</param>
    /// <param name="payload">What the journal says; names immutable files, and no person.</param>
    /// <param name="change">Changes rows of the same transaction; given the journal number. False refuses.</param>
    /// <param name="cancellationToken">Stops before the commit, never half-way.</param>
    /// <returns>
    /// False if <paramref name="change"/> refused; then, and if anything is thrown before the commit, nothing changed and the prepared
    /// files are gone.
    /// </returns>
    public async Task<bool> CommitAsync(
        PreparedApply prepared, string kind, object payload, Func<ControlPlaneContext, long, Task<bool>> change, CancellationToken cancellationToken)
    {
        bool isCommitted = false;
        await _commit.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            StoreManifest profiles = prepared.On(_manifest.Profiles);
            string? remapFile = _remaps.Prepare(prepared.Remap, [.. prepared.Erased.Select(i => (long)i)], _memberships.Keys);
            SandboxManifest next = _manifest;
            CommittedNumbers? committed = await _journal.CommitAsync(_sandboxId, kind, payload, numbers =>
            {
                next = _manifest with { Number = numbers.Manifest, Profiles = profiles with { Watermark = numbers.Journal }, RemapFile = remapFile };
                return next.ToJson();
            }, change, cancellationToken).ConfigureAwait(false);
            if (committed is null) return false;
            isCommitted = true;
            IEnumerable<string> gone = _manifest.Profiles.LakeFiles.Except(next.Profiles.LakeFiles, StringComparer.Ordinal)
                .Except(prepared.KeptLakeFiles, StringComparer.Ordinal).ToArray();
            lock (_lock)
            {
                _profiles.Publish(prepared, next.Profiles);
                _manifest = next;
                _remaps.Publish(next.Number);
            }

            _folder.Files.Reach(StoreStep.SweepBefore);
            _profiles.Sweep();
            foreach (string file in gone) File.Delete(_folder.Absolute(_sandboxId, file));
            return true;
        }
        finally
        {
            if (!isCommitted)
            {
                _remaps.Discard();
                _profiles.Discard(prepared);
            }

            _commit.Release();
            _changing.Release();
        }
    }

    /// <summary>Forgets a prepared change and deletes its files.</summary>
    public void Discard(PreparedApply prepared)
    {
        _profiles.Discard(prepared);
        _changing.Release();
    }

    /// <summary>Makes the profiles under a method, if nobody has used it before; from then on they are kept up to date.</summary>
    public async Task EnsureViewAsync(MergeMethod method, CancellationToken cancellationToken)
    {
        if (Manifest.Profiles.View(method) is not null) return;
        PreparedApply prepared = await PrepareAsync(new StoreChange { AddedViews = [method] }, null, cancellationToken).ConfigureAwait(false);
        await CommitAsync(prepared, JournalKinds.ViewsChanged, new { added = method.Key }, Nothing, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Pins the current manifest with the profiles under some methods, which are made if they are not there; and notes which identities are which person
    /// in it.
    /// </summary>
    public async Task<(SandboxSnapshot Snapshot, IdentityComponents Components)> TakeSnapshotAsync(
        IReadOnlyCollection<MergeMethod> methods, CancellationToken cancellationToken)
    {
        while (true)
        {
            foreach (MergeMethod method in methods) await EnsureViewAsync(method, cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                // A policy that was deleted meanwhile may have taken its profiles with it.
                if (methods.All(m => _manifest.Profiles.View(m) is not null)) return (Pin(), _profiles.CopyComponents());
            }
        }
    }

    /// <summary>Lets go of the profiles under methods that no policy names any more.</summary>
    /// <param name="used">The methods that are named; that of <see cref="MergeMethod.Default"/> stays in any case.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    public async Task DropViewsExceptAsync(IReadOnlyCollection<MergeMethod> used, CancellationToken cancellationToken)
    {
        MergeMethod[] unused = [.. Manifest.Profiles.Views.Select(v => v.Method).Where(m => !m.Equals(MergeMethod.Default) && !used.Contains(m))];
        if (unused.Length == 0) return;
        PreparedApply prepared = await PrepareAsync(new StoreChange { DroppedViews = unused }, null, cancellationToken).ConfigureAwait(false);
        await CommitAsync(prepared, JournalKinds.ViewsChanged, new { dropped = unused.Select(m => m.Key) }, Nothing, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes everything derived anew from the lake and the identity files: keys, links, runs.</summary>
    public Task RebuildAsync(IProgress<double>? progress, CancellationToken cancellationToken) => RebuildAsync(null, progress, cancellationToken);

    private async Task RebuildAsync(LinkingRules? rules, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        PreparedApply prepared = await PrepareOnceAsync(_ => new StoreChange { Rebuilds = true, Rules = rules }, progress, cancellationToken).ConfigureAwait(false);
        await CommitAsync(prepared, JournalKinds.Rebuilt, new { }, Nothing, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes one run of many where that is due. Whatever else goes on goes on meanwhile.</summary>
    /// <returns>How many views were compacted.</returns>
    public async Task<int> CompactAsync(CancellationToken cancellationToken)
    {
        await _compacting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int compacted = 0;
            StoreManifest manifest = Manifest.Profiles;
            while (ProfileStore.DueForCompaction(manifest) is { } due
                && await WithRepairAsync(() => CompactAsync(Manifest.Profiles, due.Method, cancellationToken), cancellationToken).ConfigureAwait(false))
            {
                compacted++;
                manifest = Manifest.Profiles;
            }

            return compacted;
        }
        finally
        {
            _compacting.Release();
        }
    }

    private async Task<bool> CompactAsync(StoreManifest manifest, MergeMethod method, CancellationToken cancellationToken)
    {
        PreparedCompaction prepared = await _profiles.PrepareCompactionAsync(manifest, method, cancellationToken).ConfigureAwait(false);
        bool isCommitted = false;
        await _commit.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            // An erasure or a rebuild may have made the view anew meanwhile: then this run is of no use.
            if (prepared.In(_manifest.Profiles) is not { } profiles) return false;
            SandboxManifest next = _manifest;
            CommittedNumbers? committed = await _journal.CommitAsync(_sandboxId, JournalKinds.Compacted, new { view = method.Key, run = prepared.Run.File },
                numbers => (next = _manifest with { Number = numbers.Manifest, Profiles = profiles }).ToJson(), Nothing, cancellationToken).ConfigureAwait(false);
            if (committed is null) return false;
            isCommitted = true;
            lock (_lock)
            {
                _profiles.PublishCompaction(profiles);
                _manifest = next;
            }

            _profiles.Sweep();
            return true;
        }
        finally
        {
            if (!isCommitted) _profiles.DiscardCompaction(prepared);
            _commit.Release();
        }
    }

    private static Task<bool> Nothing(ControlPlaneContext context, long number) => Task.FromResult(true);
}
