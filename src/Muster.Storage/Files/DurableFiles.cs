using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Muster.Storage.Files;

/// <summary>
/// Files that are either absent or whole, also after a power cut: written under a temporary name, flushed, renamed, folder flushed. All that
/// the store makes durable, but for the control plane, comes by here. Thread-safe.
/// </summary>
/// <param name="steps">Is told what happens.</param>
public sealed class DurableFiles(StoreSteps steps)
{
    /// <summary>Ends the name of a file that is being written; a file so named after a start is garbage.</summary>
    public const string TemporarySuffix = ".tmp";

    // Only saves work, so it may be forgotten.
    private const int MostFolders = 10_000;

    private readonly HashSet<string> _durable = new(StringComparer.Ordinal);

    /// <summary>Files that nobody watches.</summary>
    public static DurableFiles Plain { get; } = new(StoreSteps.None);

    /// <summary>Writes a file through a stream. An existing one is replaced at once.</summary>
    public void Write(string path, Action<Stream> write) => Publish(path, temporary =>
    {
        using var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        write(stream);
    });

    /// <summary>
    /// Publishes a file that <paramref name="write"/> makes under the temporary path it is given. If that throws, no file is left.
    /// </summary>
    public void Publish(string path, Action<string> write)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        CreateFolder(folder);
        string temporary = path + TemporarySuffix;
        try
        {
            write(temporary);
            steps.Reached(StoreStep.FileWritten);
            FlushFile(temporary);
            Rename(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FlushFolder(folder);
    }

    /// <summary>Renames a file; its new name lasts when its folder is flushed.</summary>
    /// <exception cref="IOException">There is a file of the new name, and it must not be overwritten.</exception>
    public void Rename(string from, string to, bool overwrite = true)
    {
        steps.Reached(StoreStep.FileFlushed);
        File.Move(from, to, overwrite);
        steps.FileRenamed(from, to);
        steps.Reached(StoreStep.FileRenamed);
    }

    /// <summary>Says that the work has come to a step of its own.</summary>
    public void Reach(StoreStep step) => steps.Reached(step);

    /// <summary>Makes a folder and its parents so that they survive a power cut.</summary>
    public void CreateFolder(string folder)
    {
        // Whoever finds a folder must find it flushed: one that another thread has just made is not.
        lock (_durable) Create(Path.GetFullPath(folder));
    }

    private void Create(string folder)
    {
        bool exists = Directory.Exists(folder);
        if (exists && _durable.Contains(folder)) return;
        if (Path.GetDirectoryName(folder) is not { } parent) return;
        Create(parent);
        Directory.CreateDirectory(folder);
        try
        {
            // A folder that is there need not last: others make folders for scratch, and a killed process may not have come to this line.
            FlushFolder(parent);
        }
        catch (IOException) when (exists)
        {
            // A parent far up that this process may not read: it was there before us.
        }

        if (_durable.Count >= MostFolders) _durable.Clear();
        _durable.Add(folder);
    }

    /// <summary>Flushes the content of a file that somebody else wrote and closed.</summary>
    public void FlushFile(string path)
    {
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite)) stream.Flush(flushToDisk: true);
        steps.FileFlushed(path);
    }

    /// <summary>Flushes the content of a file that is open for writing.</summary>
    public void FlushFile(FileStream stream)
    {
        stream.Flush(flushToDisk: true);
        steps.FileFlushed(stream.Name);
    }

    /// <summary>Flushes the names in a folder. Does nothing on Windows, where renames need no such flush.</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsWindows()) FlushNames(folder);
        steps.FolderFlushed(folder);
    }

    private static void FlushNames(string folder)
    {
        // .NET refuses to open a folder as a file, so this goes to the C library.
        int descriptor = NativeMethods.Open(folder, NativeMethods.ReadOnly);
        if (descriptor < 0) throw Failure("open", folder);
        try
        {
            if (NativeMethods.Flush(descriptor) != 0) throw Failure("flush", folder);
        }
        finally
        {
            _ = NativeMethods.Close(descriptor);
        }
    }

    private static IOException Failure(string what, string folder)
    {
        var cause = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"Cannot {what} the folder '{folder}': {cause.Message}", cause);
    }

    private static partial class NativeMethods
    {
        public const int ReadOnly = 0;

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Flush(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
