using System.Collections.Concurrent;
using System.Text.Json;
using DuckDB.NET.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Journal;
using Muster.Storage.Membership;

namespace Muster.Storage.Sandboxes;

/// <summary>The open sandboxes of a data folder, each opened at its first use. Thread-safe.</summary>
/// <param name="contexts">The control plane.</param>
/// <param name="folder">The data folder.</param>
/// <param name="journal">Where they commit.</param>
/// <param name="options">Bounds of their work.</param>
/// <param name="logger">Takes what was found damaged, and made anew.</param>
public sealed class SandboxStores(
    IDbContextFactory<ControlPlaneContext> contexts, DataFolder folder, SandboxJournal journal, DuckDbOptions options,
    ILogger<SandboxStores>? logger = null) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<SandboxStore>>> _open = new(StringComparer.Ordinal);

    /// <summary>The store of a sandbox that exists in the control plane.</summary>
    public Task<SandboxStore> GetAsync(string sandboxId)
    {
        while (true)
        {
            Lazy<Task<SandboxStore>> store = _open.GetOrAdd(sandboxId, id => new(() => OpenAsync(id)));
            if (!store.IsValueCreated || !store.Value.IsFaulted) return store.Value;
            // A failed opening (a full disk, say) is not remembered: the next caller tries again.
            _open.TryRemove(new(sandboxId, store));
        }
    }

    /// <summary>Closes a sandbox that was deleted. Nobody may use its store any more.</summary>
    public async Task CloseAsync(string sandboxId)
    {
        if (!_open.TryRemove(sandboxId, out Lazy<Task<SandboxStore>>? store) || !store.IsValueCreated) return;
        SandboxStore? opened = await store.Value.ContinueWith(
            task => task.IsCompletedSuccessfully ? task.Result : null, TaskScheduler.Default).ConfigureAwait(false);
        if (opened is not null) await opened.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<Task<SandboxStore>> store in _open.Values)
            if (store.IsValueCreated && store.Value.IsCompletedSuccessfully) await store.Value.Result.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<SandboxStore> OpenAsync(string sandboxId)
    {
        await using ControlPlaneContext context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
        ManifestRow? row = await context.Manifests.AsNoTracking().Where(m => m.SandboxId == sandboxId)
            .OrderByDescending(m => m.Number).FirstOrDefaultAsync().ConfigureAwait(false);
        try
        {
            SandboxManifest manifest = row is null ? SandboxManifest.Empty
                : OldManifest.Is(row.Content) ? OldManifest.Read(row.Content, folder.Membership(sandboxId), folder.Files)
                : SandboxManifest.Parse(row.Content);
            Dictionary<string, string> types = await TypesAsync(context, sandboxId).ConfigureAwait(false);
            return await SandboxStore.OpenAsync(sandboxId, folder, journal, manifest, types, options, logger, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is InvalidDataException or FileNotFoundException or DirectoryNotFoundException or MembershipFileException
            or DuckDBException or JsonException)
        {
            throw new StoreUnusableException(sandboxId, fault);
        }
    }

    // Namespaces are the organisation's: a sandbox may be younger than they are, or have missed the last one. The next commit writes them down.
    private static Task<Dictionary<string, string>> TypesAsync(ControlPlaneContext context, string sandboxId) =>
        context.IdentityNamespaces.AsNoTracking()
            .Where(n => context.Sandboxes.Any(s => s.Id == sandboxId && s.OrganizationId == n.OrganizationId))
            .ToDictionaryAsync(n => n.Code, n => n.Type);
}
