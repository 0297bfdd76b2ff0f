using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Journal;
using Muster.Storage.Sandboxes;

namespace Muster.Storage.Maintenance;

/// <summary>Work on a data folder that no server may use meanwhile: it takes the folder's lock. One use.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="options">Bounds of the work.</param>
/// <param name="time">Dates journal entries.</param>
public sealed class StoreMaintenance(DataFolder folder, DuckDbOptions options, TimeProvider time)
{
    /// <summary>
    /// Makes all that is derived anew from the lake and the identity files. The lake is verified first: what is made of damaged records would
    /// be damaged.
    /// </summary>
    /// <returns>The number of sandboxes.</returns>
    /// <exception cref="DataFolderInUseException">A server works on the folder.</exception>
    /// <exception cref="InvalidDataException">A lake file is damaged or missing; nothing was changed.</exception>
    public Task<int> RebuildAsync(CancellationToken cancellationToken) => RunAsync(async (context, stores, sandbox) =>
    {
        await RequireLakeAsync(context, sandbox, cancellationToken).ConfigureAwait(false);
        SandboxStore store = await stores.GetAsync(sandbox).ConfigureAwait(false);
        await store.RebuildAsync(null, cancellationToken).ConfigureAwait(false);
        return 1;
    }, cancellationToken);

    /// <summary>Makes one run of many wherever that is due.</summary>
    /// <returns>The number of views that were compacted.</returns>
    /// <exception cref="DataFolderInUseException">A server works on the folder.</exception>
    public Task<int> CompactAsync(CancellationToken cancellationToken) => RunAsync(async (_, stores, sandbox) =>
    {
        SandboxStore store = await stores.GetAsync(sandbox).ConfigureAwait(false);
        return await store.CompactAsync(cancellationToken).ConfigureAwait(false);
    }, cancellationToken);

    private async Task<int> RunAsync(Func<ControlPlaneContext, SandboxStores, string, Task<int>> work, CancellationToken cancellationToken)
    {
        // Before the lock, which would make the folder.
        _ = await ControlPlaneDatabase.OpenExistingAsync(Path.Combine(folder.Root, ControlPlaneDatabase.FileName), cancellationToken).ConfigureAwait(false);
        using DataFolderLock held = DataFolderLock.Take(folder);
        ControlPlaneDatabase database = await ControlPlaneDatabase.OpenAsync(folder.Root, cancellationToken).ConfigureAwait(false);
        var journal = new SandboxJournal(database, time);
        await using var stores = new SandboxStores(database, folder, journal, options);
        int sum = 0;
        await using ControlPlaneContext context = database.CreateDbContext();
        foreach (string sandbox in (await NamedFiles.CurrentManifestsAsync(context, cancellationToken).ConfigureAwait(false)).Keys)
            sum += await work(context, stores, sandbox).ConfigureAwait(false);
        return sum;
    }

    private async Task RequireLakeAsync(ControlPlaneContext context, string sandbox, CancellationToken cancellationToken)
    {
        var findings = new Findings();
        IReadOnlyList<NamedFile> files = await NamedFiles.ListAsync(context, cancellationToken).ConfigureAwait(false);
        FileCheck.Run(folder, [.. files.Where(f => f.SandboxId == sandbox && f.Kind == NamedFileKind.Lake)], findings, cancellationToken);
        StoreReport report = findings.ToReport(folder.Root);
        if (report.Problems.Count > 0) throw new InvalidDataException(
            $"{report.Problems[0].Place}: {report.Problems[0].Message} Take the file from a backup first; nothing was changed.");
    }
}
