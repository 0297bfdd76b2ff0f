using Microsoft.Data.Sqlite;
using Muster.Storage.ControlPlane;

namespace Muster.Storage.Maintenance;

/// <summary>
/// Copies a data folder, also while a server works in it: first the control plane by SQLite's online backup, which is one instant, then
/// every file that this copy names. Such files never change; one that was replaced and swept meanwhile means that the instant is too old,
/// and a newer one is taken. What is already copied stays copied.
/// </summary>
public sealed class StoreBackup(DataFolder folder, TimeProvider time)
{
    // Each time, at least the files of the attempt before are there already: only what happened meanwhile can be missing.
    private const int Attempts = 20;

    /// <summary>Writes a backup.</summary>
    /// <param name="target">A folder, or a file whose name ends in <c>.tar</c>; must not exist, or be an empty folder.</param>
    /// <param name="progress">Told the bytes that are copied and those that are to be.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <exception cref="BackupException">The target exists, a file is damaged, or files go faster than they are copied.</exception>
    /// <exception cref="ControlPlaneException">The folder is no data folder, or of another version.</exception>
    /// <exception cref="IOException">The target cannot be written.</exception>
    public async Task<BackupContents> WriteAsync(string target, IProgress<(long Done, long All)>? progress, CancellationToken cancellationToken)
    {
        string source = Path.Combine(folder.Root, ControlPlaneDatabase.FileName);
        _ = await ControlPlaneDatabase.OpenExistingAsync(source, cancellationToken).ConfigureAwait(false);
        string inside = Path.GetRelativePath(folder.Root, Path.GetFullPath(target));
        if (inside == "." || !(inside.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(inside)))
            throw new BackupException($"'{target}' lies in the data folder. Give a place outside of it.");
        using var backup = BackupTarget.Create(target, folder.Files);
        var copied = new Dictionary<string, BackupFile>(StringComparer.Ordinal);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // The name of its own is for archives, in which every copy of the control plane stays; only the last one counts.
            string control = Path.Combine(backup.Work, $"control-{attempt}.tmp");
            CopyControlPlane(source, control);
            IReadOnlyList<NamedFile> files = await NamedAsync(control, cancellationToken).ConfigureAwait(false);
            if (!await CopyAsync(files, copied, backup, progress, cancellationToken).ConfigureAwait(false)) continue;
            BackupFile database = backup.Add(ControlPlaneDatabase.FileName, control);
            File.Delete(control);
            foreach (string vain in copied.Keys.Except(files.Select(f => f.Path), StringComparer.Ordinal)) backup.Forget(vain);
            var contents = new BackupContents(BackupContents.CurrentFormat, time.GetUtcNow().ToUnixTimeMilliseconds(),
                [database, .. files.Select(f => copied[f.Path])]);
            backup.Publish(contents);
            return contents;
        }

        throw new BackupException("Files were replaced faster than they could be copied. Try again when less is going on.");
    }

    private static void CopyControlPlane(string source, string copy)
    {
        var existing = new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        using var from = new SqliteConnection(existing.ConnectionString);
        using var to = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false }.ConnectionString);
        from.Open();
        to.Open();
        from.BackupDatabase(to);
    }

    private static async Task<IReadOnlyList<NamedFile>> NamedAsync(string control, CancellationToken cancellationToken)
    {
        ControlPlaneDatabase database = await ControlPlaneDatabase.OpenExistingAsync(control, cancellationToken).ConfigureAwait(false);
        await using ControlPlaneContext context = database.CreateDbContext();
        return await NamedFiles.ListAsync(context, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>False if a file is gone.</returns>
    private Task<bool> CopyAsync(IReadOnlyList<NamedFile> files, Dictionary<string, BackupFile> copied, BackupTarget backup,
        IProgress<(long Done, long All)>? progress, CancellationToken cancellationToken) =>
        Task.Run(() => Copy(files, copied, backup, progress, cancellationToken), cancellationToken);

    private bool Copy(IReadOnlyList<NamedFile> files, Dictionary<string, BackupFile> copied, BackupTarget backup,
        IProgress<(long Done, long All)>? progress, CancellationToken cancellationToken)
    {
        try
        {
            long all = files.Sum(f => new FileInfo(Absolute(f)).Length), done = 0;
            foreach (NamedFile file in files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!copied.TryGetValue(file.Path, out BackupFile? copy)) copied.Add(file.Path, copy = backup.Add(file.Path, Absolute(file)));
                if ((file.Bytes ?? copy.Bytes) != copy.Bytes || (file.Sha256 ?? copy.Sha256) != copy.Sha256)
                    throw new BackupException($"'{file.Path}' of {file.Owner} is damaged. Run: muster store verify --data {folder.Root}");
                progress?.Report((done += copy.Bytes, all));
            }

            return true;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private string Absolute(NamedFile file) => Path.Combine(folder.Root, file.Path.Replace('/', Path.DirectorySeparatorChar));
}
