using System.Formats.Tar;
using System.Security.Cryptography;
using Muster.Storage.Files;

namespace Muster.Storage.Maintenance;

/// <summary>Makes a data folder from a backup: beside its place, verified file by file, then renamed; so it is whole or not there.</summary>
public sealed class StoreRestore(DurableFiles files)
{
    /// <summary>Restores a backup.</summary>
    /// <param name="source">What <see cref="StoreBackup"/> wrote.</param>
    /// <param name="target">The new data folder; must not exist, or be empty.</param>
    /// <param name="progress">Told the bytes that are restored and those that are to be.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <exception cref="BackupException">The source is no backup or damaged, or the target holds something.</exception>
    /// <exception cref="DataFolderInUseException">A process works on the target.</exception>
    public Task<BackupContents> ReadAsync(string source, string target, IProgress<(long Done, long All)>? progress,
        CancellationToken cancellationToken) => Task.Run(() => Read(source, Path.GetFullPath(target), progress, cancellationToken), cancellationToken);

    private BackupContents Read(string source, string target, IProgress<(long Done, long All)>? progress, CancellationToken cancellationToken)
    {
        if (DataFolderLock.IsTaken(new DataFolder(target))) throw new DataFolderInUseException(target);
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new BackupException($"'{target}' is not empty. Restore into a new folder, then start the server with it.");
        string work = target + ".partial";
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        files.CreateFolder(work);
        try
        {
            BackupContents contents = File.Exists(source) ? Unpack(source, work, cancellationToken) : Find(source);
            string from = File.Exists(source) ? Path.Combine(work, "archive") : source;
            string restored = Path.Combine(work, "data");
            files.CreateFolder(restored);
            long all = contents.TotalBytes(), done = 0;
            foreach (BackupFile file in contents.Files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Restore(file, from, restored);
                progress?.Report((done += file.Bytes, all));
            }

            if (Directory.Exists(target)) Directory.Delete(target);
            files.CreateFolder(Path.GetDirectoryName(target)!);
            Directory.Move(restored, target);
            files.FlushFolder(Path.GetDirectoryName(target)!);
            return contents;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static BackupContents Find(string source)
    {
        string file = Path.Combine(source, BackupContents.FileName);
        if (!File.Exists(file)) throw new BackupException($"'{source}' is no backup of Muster: there is no {BackupContents.FileName} in it.");
        return BackupContents.Parse(source, File.ReadAllBytes(file));
    }

    private static BackupContents Unpack(string source, string work, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(work, "archive");
        Directory.CreateDirectory(folder);
        try
        {
            using FileStream stream = File.OpenRead(source);
            using var tar = new TarReader(stream);
            while (tar.GetNextEntry() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                string path = Inside(folder, entry.Name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                // A file that was copied twice is there twice: the later one counts.
                entry.ExtractToFile(path, overwrite: true);
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new BackupException($"'{source}' is damaged, or no tar file: {fault.Message}", fault);
        }

        return Find(folder);
    }

    private void Restore(BackupFile file, string from, string restored)
    {
        string source = Inside(from, file.Path), target = Inside(restored, file.Path);
        if (!File.Exists(source)) throw new BackupException($"The backup lacks '{file.Path}'.");
        using FileStream content = File.OpenRead(source);
        using var hash = SHA256.Create();
        files.Write(target, stream =>
        {
            using var hashed = new CryptoStream(content, hash, CryptoStreamMode.Read, leaveOpen: true);
            hashed.CopyTo(stream, 1 << 20);
        });
        if (content.Position != file.Bytes || Convert.ToHexStringLower(hash.Hash!) != file.Sha256)
            throw new BackupException($"'{file.Path}' of the backup is damaged.");
    }

    /// <summary>A name in a backup is data: it must not lead out of the folder.</summary>
    private static string Inside(string folder, string relative)
    {
        string root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        string path = Path.GetFullPath(Path.Combine(root, relative.Replace('/', Path.DirectorySeparatorChar)));
        return path.StartsWith(root, StringComparison.Ordinal) ? path : throw new BackupException($"The backup names '{relative}', which is no place in a data folder.");
    }
}
