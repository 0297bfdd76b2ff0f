using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Muster.Storage.Lake;

/// <summary>
/// Files that are either absent or whole, also after a power cut: written under a temporary name, flushed, renamed, folder flushed.
/// </summary>
public static class DurableFile
{
    /// <summary>Ends the name of a file that is being written; a file so named after a start is garbage.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a file through a stream. An existing one is replaced at once.</summary>
    public static void Write(string path, Action<Stream> write) => Publish(path, temporary =>
    {
        using var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        write(stream);
    });

    /// <summary>
    /// Publishes a file that <paramref name="write"/> makes under the temporary path it is given. If that throws, no file is left.
    /// </summary>
    public static void Publish(string path, Action<string> write)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        CreateFolder(folder);
        string temporary = path + TemporarySuffix;
        try
        {
            write(temporary);
            FlushFile(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FlushFolder(folder);
    }

    /// <summary>Makes a folder and its parents so that they survive a power cut.</summary>
    public static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        string? parent = Path.GetDirectoryName(Path.GetFullPath(folder));
        if (parent is not null) CreateFolder(parent);
        Directory.CreateDirectory(folder);
        if (parent is not null) FlushFolder(parent);
    }

    /// <summary>Flushes the content of a file that somebody else wrote and closed.</summary>
    public static void FlushFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Flushes the names in a folder. Does nothing on Windows, where renames need no such flush.</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;

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
