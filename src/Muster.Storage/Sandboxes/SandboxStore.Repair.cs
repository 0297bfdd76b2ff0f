using Microsoft.Extensions.Logging;
using Muster.Storage.Journal;
using Muster.Storage.Maintenance;
using Muster.Storage.Profiles;

namespace Muster.Storage.Sandboxes;

/// <content>Derived files in which damage is found are made anew from the lake.</content>
public sealed partial class SandboxStore
{
    private readonly SemaphoreSlim _repairing = new(1, 1);

    // How often it was repaired, and the last manifest that was found whole after something failed.
    private long _repairs, _whole = -1;

    /// <summary>
    /// Does work that reads derived files. If it fails since one of them is damaged or missing, everything derived is made anew, and the work is
    /// done again, once. It must not keep a snapshot, nor a prepared change, beyond its own end.
    /// </summary>
    /// <param name="work">May be done twice.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<T> WithRepairAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        long repairs = Interlocked.Read(ref _repairs);
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception fault) when (DerivedFileCheck.MayTell(fault) && !cancellationToken.IsCancellationRequested)
        {
            if (!await TryRepairAsync(repairs, fault, cancellationToken).ConfigureAwait(false)) throw;
        }

        return await work().ConfigureAwait(false);
    }

    private async Task<bool> TryRepairAsync(long seen, Exception fault, CancellationToken cancellationToken)
    {
        await _repairing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Somebody else met the same damage, and it is gone.
            if (Interlocked.Read(ref _repairs) != seen) return true;
            SandboxManifest manifest = Manifest;
            if (manifest.Number == Interlocked.Read(ref _whole)) return false;
            await using SandboxSnapshot pinned = TakeSnapshot();
            manifest = pinned.Manifest;
            IReadOnlyList<string> damaged = await Task.Run(
                () => DerivedFileCheck.FindDamaged(_folder.Sandbox(_sandboxId), manifest.Profiles, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (damaged.Count == 0)
            {
                Interlocked.Exchange(ref _whole, manifest.Number);
                return false;
            }

            _logger?.LogError(fault, "Files of sandbox {Sandbox} are damaged and made anew from the lake: {Files}", _sandboxId, string.Join(", ", damaged));
            PreparedApply prepared = await PrepareOnceAsync(_ => new StoreChange { Rebuilds = true }, null, cancellationToken).ConfigureAwait(false);
            await CommitAsync(prepared, JournalKinds.Rebuilt, new { damaged }, Nothing, cancellationToken).ConfigureAwait(false);
            Interlocked.Increment(ref _repairs);
            _logger?.LogInformation("The files of sandbox {Sandbox} are made anew", _sandboxId);
            return true;
        }
        finally
        {
            _repairing.Release();
        }
    }
}
