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
            (Findings findings, long state) = await VerifyOnceAsync(cancellationToken).ConfigureAwait(false);
            bool isOld = findings.IsMissingFiles && attempt < Attempts && state >= 0
                && state != await StateAsync(cancellationToken).ConfigureAwait(false);
            if (!isOld) return findings.ToReport(folder.Root);
        }
    }

    private async Task<(Findings Findings, long State)> VerifyOnceAsync(CancellationToken cancellationToken)
    {
        var findings = new Findings();
        string control = Path.Combine(folder.Root, ControlPlaneDatabase.FileName);
        List<SandboxRows> sandboxes = [];
        IReadOnlyList<NamedFile> files = [];
        long state = -1;
        try
        {
            ControlPlaneDatabase database = await ControlPlaneDatabase.OpenExistingAsync(control, cancellationToken).ConfigureAwait(false);
            await using ControlPlaneContext context = database.CreateDbContext();
            await using (IAsyncDisposable instant = await ControlPlaneDatabase.PinAsync(context, cancellationToken).ConfigureAwait(false))
            {
                await CheckDatabaseAsync(context, findings, cancellationToken).ConfigureAwait(false);
                state = await StateAsync(context, cancellationToken).ConfigureAwait(false);
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
            return (findings, state);
        }

        if (findings.CanCompare) await Task.Run(() => CheckFiles(sandboxes, files, findings, cancellationToken), cancellationToken).ConfigureAwait(false);
        return (findings, state);
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

    /// <summary>A number that is another one after anything happened.</summary>
    private static async Task<long> StateAsync(ControlPlaneContext context, CancellationToken cancellationToken) =>
        await context.Journal.LongCountAsync(cancellationToken).ConfigureAwait(false) + await context.Uploads.LongCountAsync(cancellationToken).ConfigureAwait(false);

    private async Task<long> StateAsync(CancellationToken cancellationToken)
    {
        ControlPlaneDatabase database = await ControlPlaneDatabase.OpenExistingAsync(
            Path.Combine(folder.Root, ControlPlaneDatabase.FileName), cancellationToken).ConfigureAwait(false);
        await using ControlPlaneContext context = database.CreateDbContext();
        return await StateAsync(context, cancellationToken).ConfigureAwait(false);
    }
}
