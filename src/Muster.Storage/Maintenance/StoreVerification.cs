using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Maintenance;

/// <summary>
/// Looks whether a data folder is what docs/invariants.md says. It changes nothing and works beside a server: it reads the control plane at
/// one instant, and immutable files; when one of these was replaced meanwhile, it looks again at a newer instant.
/// </summary>
/// <param name="folder">The data folder.</param>
/// <param name="options">Bounds of the DuckDB instances that read files.</param>
public sealed class StoreVerification(DataFolder folder, DuckDbOptions options)
{
    private const int Attempts = 5;

    /// <summary>Verifies everything.</summary>
    /// <exception cref="ControlPlaneException">The folder is no data folder, or of another version; damage is in the report.</exception>
    public async Task<StoreReport> VerifyAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            (Findings findings, IReadOnlyList<NamedFile> files) = await VerifyOnceAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlySet<string> outdated = await OutdatedAsync(findings, files, cancellationToken).ConfigureAwait(false);
            if (outdated.Count > 0 && attempt < Attempts) continue;
            findings.Forget(outdated);
            return findings.ToReport(folder.Root);
        }
    }

    /// <summary>Called when the control plane was read, before the files are: for tests that let something happen in between.</summary>
    internal Func<Task> BeforeFiles { get; init; } = () => Task.CompletedTask;

    /// <summary>The files that are not as they were named, and that nothing names so by now.</summary>
    private async Task<IReadOnlySet<string>> OutdatedAsync(Findings findings, IReadOnlyList<NamedFile> files, CancellationToken cancellationToken)
    {
        IReadOnlySet<string> places = findings.Places;
        NamedFile[] suspects = [.. files.Where(f => places.Contains(f.Path) || !File.Exists(Path.Combine(folder.Root, f.Path)))];
        if (suspects.Length == 0) return new HashSet<string>();
        ControlPlaneDatabase database = await ControlPlaneDatabase.OpenExistingAsync(
            Path.Combine(folder.Root, ControlPlaneDatabase.FileName), cancellationToken).ConfigureAwait(false);
        await using ControlPlaneContext context = database.CreateDbContext();
        var named = new HashSet<(string, long?, string?)>();
        await using (IAsyncDisposable instant = await ControlPlaneDatabase.PinAsync(context, cancellationToken).ConfigureAwait(false))
            foreach (NamedFile file in await NamedFiles.ListAsync(context, cancellationToken).ConfigureAwait(false)) named.Add((file.Path, file.Bytes, file.Sha256));
        return suspects.Where(f => !named.Contains((f.Path, f.Bytes, f.Sha256))).Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
    }

    private async Task<(Findings Findings, IReadOnlyList<NamedFile> Files)> VerifyOnceAsync(CancellationToken cancellationToken)
    {
        var findings = new Findings();
        string control = Path.Combine(folder.Root, ControlPlaneDatabase.FileName);
        List<SandboxRows> sandboxes = [];
        IReadOnlyList<NamedFile> files = [];
        try
        {
            ControlPlaneDatabase database = await ControlPlaneDatabase.OpenExistingAsync(control, cancellationToken).ConfigureAwait(false);
            await using ControlPlaneContext context = database.CreateDbContext();
            await using (IAsyncDisposable instant = await ControlPlaneDatabase.PinAsync(context, cancellationToken).ConfigureAwait(false))
            {
                await CheckDatabaseAsync(context, findings, cancellationToken).ConfigureAwait(false);
                foreach (string sandbox in await context.Sandboxes.Select(s => s.Id).ToListAsync(cancellationToken).ConfigureAwait(false))
                {
                    findings.Sandbox = sandbox;
                    sandboxes.Add(await SandboxRows.ReadAsync(context, sandbox, findings, cancellationToken).ConfigureAwait(false));
                }

                findings.Sandbox = null;
                if (findings.CanCompare) files = await NamedFiles.ListAsync(context, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is SqliteException || fault.InnerException is SqliteException)
        {
            // What a damaged page meets, whichever query comes to it.
            findings.Add("control.damaged", ControlPlaneDatabase.FileName, fault.Message);
            return (findings, []);
        }

        await BeforeFiles().ConfigureAwait(false);
        if (findings.CanCompare) await Task.Run(() => CheckFiles(sandboxes, files, findings, cancellationToken), cancellationToken).ConfigureAwait(false);
        return (findings, files);
    }

    private void CheckFiles(List<SandboxRows> sandboxes, IReadOnlyList<NamedFile> files, Findings findings, CancellationToken cancellationToken)
    {
        FileCheck.Run(folder, files, findings, cancellationToken);
        foreach (SandboxRows rows in sandboxes)
        {
            findings.Sandbox = rows.Id;
            JournalCheck.Run(rows, findings);
            if (rows.Manifest is not { } manifest || manifest.Number == 0) continue;
            string sandbox = folder.Sandbox(rows.Id);
            // Scratch outside of the folder: a server that opens the sandbox empties its own.
            using var workspace = new DuckDbWorkspace(Directory.CreateTempSubdirectory("muster-verify-").FullName, options);
            LakeCheck(workspace, rows, findings);
            var identities = new IdentityCheck(workspace, sandbox, manifest.Profiles, findings);
            identities.Run(cancellationToken);
            if (identities.Graph is not { } graph) continue;
            using var root = new DuckDBConnection("DataSource=:memory:");
            root.Open();
            foreach (Profiles.ProfileView view in manifest.Profiles.Views) new ViewCheck(root, sandbox, folder.Lookup(rows.Id), identities, findings).Run(view, cancellationToken);
            MembershipCheck.Run(folder.Membership(rows.Id), rows.Id, manifest, graph, findings);
        }
    }

    private void LakeCheck(DuckDbWorkspace workspace, SandboxRows rows, Findings findings)
    {
        foreach ((string batch, BatchFile[] files) in rows.Files)
            foreach (BatchFile file in files)
            {
                try
                {
                    long count = workspace.Scalar<long>($"SELECT count(*) FROM read_parquet({SqlText.Literal(folder.Absolute(rows.Id, file.Path))})");
                    if (count != file.Rows) findings.Add("lake.rows", $"sandboxes/{rows.Id}/{file.Path}", $"It has {count} records; batch {batch} says {file.Rows}.");
                }
                catch (DuckDBException fault)
                {
                    findings.Add("lake.damaged", $"sandboxes/{rows.Id}/{file.Path}", fault.Message);
                }
            }
    }

    private static async Task CheckDatabaseAsync(ControlPlaneContext context, Findings findings, CancellationToken cancellationToken)
    {
        foreach (string line in await context.Database.SqlQueryRaw<string>("SELECT integrity_check AS Value FROM pragma_integrity_check").ToListAsync(cancellationToken).ConfigureAwait(false))
            if (line != "ok") findings.Add("control.damaged", ControlPlaneDatabase.FileName, line);
    }
}
