using Muster.Storage.ControlPlane;
using Muster.Storage.Journal;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <content>The results of segment jobs.</content>
public sealed partial class SandboxStore
{
    /// <summary>A name for a new membership file, as an absolute path.</summary>
    public string NewMembershipPath() => Path.Combine(_folder.Membership(_sandboxId), Guid.NewGuid().ToString("N") + ".membership");

    /// <summary>
    /// Commits the result of a segment job: journal, manifest and the caller's rows in one transaction. What became of people after
    /// <paramref name="basis"/> was taken stays noted for the new files.
    /// </summary>
    /// <param name="basis">The manifest that the job read.</param>
    /// <param name="paths">The new membership file by graph type; a type without one keeps what it has.</param>
    /// <param name="payload">What the journal says.</param>
    /// <param name="change">Changes rows of the same transaction; given the journal number. False refuses.</param>
    /// <param name="cancellationToken">Stops before the commit, never half-way.</param>
    /// <returns>
    /// False if <paramref name="change"/> refused; then, and if anything is thrown before the commit, nothing changed and the files are gone.
    /// </returns>
    public async Task<bool> CommitMembershipAsync(
        SandboxManifest basis, IReadOnlyDictionary<GraphType, string> paths, object payload, Func<ControlPlaneContext, long, Task<bool>> change,
        CancellationToken cancellationToken)
    {
        Dictionary<GraphType, SharedMembership> written = paths.ToDictionary(p => p.Key, p => new SharedMembership(p.Value));
        bool isCommitted = false;
        await _commit.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            string? remapFile = _remaps.PrepareFiles(basis.Number, paths.Keys);
            Dictionary<GraphType, string> names = new(_manifest.Memberships);
            foreach ((GraphType graph, string path) in paths) names[graph] = Path.GetFileName(path);
            SandboxManifest next = _manifest;
            CommittedNumbers? committed = await _journal.CommitAsync(_sandboxId, JournalKinds.SegmentJobFinished, payload, numbers =>
                (next = _manifest with { Number = numbers.Manifest, Memberships = names, RemapFile = remapFile }).ToJson(), change, cancellationToken).ConfigureAwait(false);
            if (committed is null) return false;
            isCommitted = true;
            lock (_lock)
            {
                foreach ((GraphType graph, SharedMembership membership) in written)
                {
                    if (_memberships.TryGetValue(graph, out SharedMembership? old)) old.Retire();
                    _memberships[graph] = membership;
                }

                _manifest = next;
                _remaps.Publish(next.Number);
            }

            return true;
        }
        finally
        {
            if (!isCommitted)
            {
                _remaps.Discard();
                foreach (SharedMembership membership in written.Values) membership.Retire();
            }

            _commit.Release();
        }
    }
}
