using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;
using Muster.Storage.Sandboxes;

namespace Muster.Storage.Maintenance;

/// <summary>Counts what is in a data folder; changes nothing, and works beside a server.</summary>
public static class StoreInspection
{
    /// <summary>Counts.</summary>
    /// <exception cref="ControlPlaneException">The folder is no data folder, damaged, or of another version.</exception>
    public static async Task<StoreInfo> InspectAsync(DataFolder folder, CancellationToken cancellationToken)
    {
        string control = Path.Combine(folder.Root, ControlPlaneDatabase.FileName);
        ControlPlaneDatabase database = await ControlPlaneDatabase.OpenExistingAsync(control, cancellationToken).ConfigureAwait(false);
        await using ControlPlaneContext context = database.CreateDbContext();
        await using IAsyncDisposable instant = await ControlPlaneDatabase.PinAsync(context, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<NamedFile> files = await NamedFiles.ListAsync(context, cancellationToken).ConfigureAwait(false);
        Dictionary<string, long> sizes = files.ToDictionary(f => f.Path, f => SizeOf(Path.Combine(folder.Root, f.Path)), StringComparer.Ordinal);
        IReadOnlyDictionary<string, SandboxManifest> manifests =
            await NamedFiles.CurrentManifestsAsync(context, cancellationToken).ConfigureAwait(false);
        var sandboxes = new List<SandboxInfo>();
        foreach (Sandbox sandbox in await context.Sandboxes.AsNoTracking().OrderBy(s => s.OrganizationId).ThenBy(s => s.Name)
            .ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            SandboxManifest manifest = manifests.GetValueOrDefault(sandbox.Id, SandboxManifest.Empty);
            sandboxes.Add(new SandboxInfo(
                sandbox.Id, sandbox.OrganizationId, sandbox.Name,
                await context.Journal.LongCountAsync(j => j.SandboxId == sandbox.Id, cancellationToken).ConfigureAwait(false),
                manifest.Number, manifest.Profiles.NextIdentityOrdinal, Views(manifest, sandbox.Id, sizes),
                files.Where(f => f.SandboxId == sandbox.Id).GroupBy(f => f.Kind)
                    .ToDictionary(g => g.Key, g => new FileTotal(g.Count(), g.Sum(f => sizes[f.Path]))),
                await DatasetsAsync(context, sandbox.Id, cancellationToken).ConfigureAwait(false),
                await context.SegmentDefinitions.CountAsync(d => d.SandboxId == sandbox.Id, cancellationToken).ConfigureAwait(false)));
        }

        long controlBytes = SizeOf(control) + SizeOf(control + "-wal");
        return new StoreInfo(folder.Root, controlBytes, DataFolderLock.Holder(folder) is { } process ? MemoryOf(process) : null, sandboxes);
    }

    private static IReadOnlyList<ViewInfo> Views(SandboxManifest manifest, string sandbox, Dictionary<string, long> sizes) =>
    [
        .. manifest.Profiles.Views.Select(v => new ViewInfo(v.Method.Key, v.ProfileCount,
        [
            .. v.Runs.Select(r => new RunInfo(r.File, sizes.GetValueOrDefault($"sandboxes/{sandbox}/{r.File}"), r.Profiles, r.Events, r.Tombstones)),
        ])),
    ];

    private static async Task<IReadOnlyList<DatasetInfo>> DatasetsAsync(
        ControlPlaneContext context, string sandbox, CancellationToken cancellationToken)
    {
        List<Dataset> datasets = await context.Datasets.AsNoTracking().Where(d => d.SandboxId == sandbox).OrderBy(d => d.CreatedAt).ThenBy(d => d.Id)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var batches = await context.Batches.Where(b => b.SandboxId == sandbox && b.Status == BatchStatus.Success).GroupBy(b => b.DatasetId)
            .Select(g => new
            {
                g.Key,
                Count = g.Count(),
                Records = g.Sum(b => b.OutputRecords),
                Failed = g.Sum(b => b.FailedRecords),
                Bytes = g.Sum(b => b.OutputBytes)
            })
            .ToDictionaryAsync(g => g.Key, cancellationToken).ConfigureAwait(false);
        return
        [
            .. datasets.Select(d => batches.TryGetValue(d.Id, out var sum)
                ? new DatasetInfo(d.Id, d.Name, d.Behavior, sum.Count, sum.Records, sum.Failed, sum.Bytes)
                : new DatasetInfo(d.Id, d.Name, d.Behavior, 0, 0, 0, 0)),
        ];
    }

    /// <summary>0 for a file that is gone: replaced since, beside a server, or lost, which is for the verification to say.</summary>
    private static long SizeOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static ProcessMemory? MemoryOf(int process)
    {
        string status = $"/proc/{process}/status";
        if (!File.Exists(status)) return null;
        Dictionary<string, long> kilobytes = File.ReadLines(status).Select(l => l.Split([':', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(l => l is [_, _, "kB"]).ToDictionary(l => l[0], l => long.Parse(l[1], System.Globalization.CultureInfo.InvariantCulture));
        return new ProcessMemory(process, 1024 * kilobytes.GetValueOrDefault("RssAnon"),
            1024 * (kilobytes.GetValueOrDefault("RssFile") + kilobytes.GetValueOrDefault("RssShmem")));
    }
}
