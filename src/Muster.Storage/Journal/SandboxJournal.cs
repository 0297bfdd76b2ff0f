using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.Files;

namespace Muster.Storage.Journal;

/// <summary>
/// The one commit point of a sandbox: a transaction of the control plane that appends to the journal, moves the manifest and changes the
/// rows that say so. Files that it names were flushed before. Thread-safe; commits of one data folder follow one another.
/// </summary>
public sealed class SandboxJournal(IDbContextFactory<ControlPlaneContext> contexts, TimeProvider time, StoreSteps? steps = null)
{
    /// <summary>How many manifests are kept; older ones are history that nothing reads.</summary>
    private const int KeptManifests = 8;

    private readonly StoreSteps _steps = steps ?? StoreSteps.None;

    /// <summary>Commits one fact.</summary>
    /// <param name="sandboxId">The sandbox.</param>
    /// <param name="kind">One of <see cref="JournalKinds"/>.</param>
    /// <param name="payload">Serialised as JSON into the journal.</param>
    /// <param name="manifest">Makes the manifest's content from the numbers; null if the fact moves no manifest.</param>
    /// <param name="change">
    /// Changes rows of the same transaction; given the journal number. It returns false to refuse (a lost lease, a batch that was aborted
    /// meanwhile): then nothing is committed.
    /// </param>
    /// <param name="cancellationToken">Stops before the commit, never half-way.</param>
    /// <returns>The numbers of the journal entry and the manifest (0 without one); null if <paramref name="change"/> refused.</returns>
    public async Task<CommittedNumbers?> CommitAsync(
        string sandboxId, string kind, object payload, Func<CommittedNumbers, string>? manifest,
        Func<ControlPlaneContext, long, Task<bool>> change, CancellationToken cancellationToken)
    {
        _steps.Reached(StoreStep.CommitBefore);
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using IDbContextTransaction transaction =
            await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        long at = time.GetUtcNow().ToUnixTimeMilliseconds();
        long number = 1 + (await context.Journal.Where(j => j.SandboxId == sandboxId)
            .MaxAsync(j => (long?)j.Number, cancellationToken).ConfigureAwait(false) ?? 0);
        if (!await change(context, number).ConfigureAwait(false)) return null;
        context.Journal.Add(new JournalEntry
        {
            SandboxId = sandboxId,
            Number = number,
            Kind = kind,
            Payload = JsonSerializer.Serialize(payload),
            At = at
        });
        long manifestNumber = 0;
        if (manifest is not null)
        {
            manifestNumber = 1 + (await context.Manifests.Where(m => m.SandboxId == sandboxId)
                .MaxAsync(m => (long?)m.Number, cancellationToken).ConfigureAwait(false) ?? 0);
            context.Manifests.Add(new ManifestRow
            {
                SandboxId = sandboxId,
                Number = manifestNumber,
                Content = manifest(new CommittedNumbers(number, manifestNumber)),
                At = at
            });
        }

        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        long oldest = manifestNumber - KeptManifests;
        if (oldest > 0) await context.Manifests.Where(m => m.SandboxId == sandboxId && m.Number <= oldest)
            .ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        _steps.Reached(StoreStep.CommitInside);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        _steps.Reached(StoreStep.CommitDone);
        return new CommittedNumbers(number, manifestNumber);
    }
}

/// <summary>What a commit was given.</summary>
/// <param name="Journal">The number of the entry.</param>
/// <param name="Manifest">The number of the manifest; 0 if the fact moved none.</param>
public readonly record struct CommittedNumbers(long Journal, long Manifest);
