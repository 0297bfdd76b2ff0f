using System.Formats.Tar;
using System.Security.Cryptography;
using Muster.Storage.Files;

namespace Muster.Storage.Maintenance;

/// <summary>
/// A backup that is being written: beside its place, under a temporary name, until <see cref="Publish"/>. Dispose takes an unpublished one
/// away. Not thread-safe.
/// </summary>
internal abstract class BackupTarget : IDisposable
{
    private readonly DurableFiles _files;
    private bool _published;

    protected BackupTarget(string path, DurableFiles files)
    {
        Path = System.IO.Path.GetFullPath(path);
        Work = Path + ".partial";
        _files = files;
        if (File.Exists(Path) || (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any()))
            throw new BackupException($"'{path}' exists already. Give a new name: a backup never overwrites anything.");
        if (Directory.Exists(Work)) Directory.Delete(Work, recursive: true);
        files.CreateFolder(Work);
        // Who reads a backup can forge tokens and reads all profiles.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Work, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>A scratch folder on the disk of the target.</summary>
    public string Work { get; }

    /// <summary>Where the backup will be.</summary>
    protected string Path { get; }

    /// <summary>Makes files last.</summary>
    protected DurableFiles Files => _files;

    /// <summary>A folder, or a tar file if the name ends so.</summary>
    public static BackupTarget Create(string path, DurableFiles files) => IsArchive(path) ? new Archive(path, files) : new Folder(path, files);

    /// <summary>True if the name is that of a tar file.</summary>
    public static bool IsArchive(string path) => path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase);

    /// <summary>Copies a file into the backup.</summary>
    /// <exception cref="FileNotFoundException">It is gone; nothing was added.</exception>
    /// <exception cref="DirectoryNotFoundException">Its folder is gone; nothing was added.</exception>
    public BackupFile Add(string relative, string source)
    {
        using FileStream content = new(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(content, hash, CryptoStreamMode.Read, leaveOpen: true)) Write(relative, hashed);
        return new BackupFile(relative, content.Position, Convert.ToHexStringLower(hash.Hash!));
    }

    /// <summary>Takes a file out again, where that is possible; where it is not, the list of contents does not name it.</summary>
    public abstract void Forget(string relative);

    /// <summary>Writes the list of contents and gives the backup its name.</summary>
    public void Publish(BackupContents contents)
    {
        byte[] json = contents.ToJson();
        Write(BackupContents.FileName, new MemoryStream(json));
        Finish();
        _published = true;
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        if (!_published && Directory.Exists(Work)) Directory.Delete(Work, recursive: true);
    }

    /// <summary>Writes one file.</summary>
    protected abstract void Write(string relative, Stream content);

    /// <summary>Makes all of it last, under its name.</summary>
    protected abstract void Finish();

    private sealed class Folder(string path, DurableFiles files) : BackupTarget(path, files)
    {
        public override void Forget(string relative) => File.Delete(PathOf(relative));

        protected override void Write(string relative, Stream content) =>
            Files.Write(PathOf(relative), stream => content.CopyTo(stream, 1 << 20));

        private string PathOf(string relative) => System.IO.Path.Combine(Work, relative.Replace('/', System.IO.Path.DirectorySeparatorChar));

        protected override void Finish()
        {
            if (Directory.Exists(Path)) Directory.Delete(Path);
            Directory.Move(Work, Path);
            Files.FlushFolder(System.IO.Path.GetDirectoryName(Path)!);
        }
    }

    private sealed class Archive : BackupTarget
    {
        private readonly string _file;
        private readonly FileStream _stream;
        private readonly TarWriter _tar;

        public Archive(string path, DurableFiles files)
            : base(path, files)
        {
            _file = System.IO.Path.Combine(Work, "archive.tar");
            _stream = new FileStream(_file, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
            _tar = new TarWriter(_stream, TarEntryFormat.Pax, leaveOpen: true);
        }

        public override void Forget(string relative)
        {
        }

        public override void Dispose()
        {
            _tar.Dispose();
            _stream.Dispose();
            base.Dispose();
        }

        protected override void Write(string relative, Stream content) =>
            _tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, relative) { DataStream = content });

        protected override void Finish()
        {
            _tar.Dispose();
            Files.FlushFile(_stream);
            _stream.Dispose();
            Files.Rename(_file, Path, overwrite: false);
            Files.FlushFolder(System.IO.Path.GetDirectoryName(Path)!);
            Directory.Delete(Work, recursive: true);
        }
    }
}
