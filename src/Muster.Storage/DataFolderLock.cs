using System.Globalization;

namespace Muster.Storage;

/// <summary>Keeps a second process from a data folder as long as it lives; a killed process lets go by itself.</summary>
public sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <summary>Takes the folder, made when missing.</summary>
    /// <exception cref="DataFolderInUseException">Another process has it.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be made or written.</exception>
    public static DataFolderLock Take(DataFolder folder)
    {
        Directory.CreateDirectory(folder.Root);
        string path = PathOf(folder);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new DataFolderInUseException(folder.Root);
        }

        File.WriteAllText(ProcessPathOf(folder), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new DataFolderLock(file);
    }

    /// <summary>True if a process works on the folder now.</summary>
    public static bool IsTaken(DataFolder folder)
    {
        if (!File.Exists(PathOf(folder))) return false;
        try
        {
            using var file = new FileStream(PathOf(folder), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>The process that works on the folder; null if none does.</summary>
    public static int? Holder(DataFolder folder) =>
        IsTaken(folder) && File.Exists(ProcessPathOf(folder))
        && int.TryParse(File.ReadAllText(ProcessPathOf(folder)), CultureInfo.InvariantCulture, out int process) ? process : null;

    private static string PathOf(DataFolder folder) => Path.Combine(folder.Root, "lock");

    // The lock file itself cannot be read by others while it is held.
    private static string ProcessPathOf(DataFolder folder) => Path.Combine(folder.Root, "lock.process");

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}

/// <summary>Another process works on the data folder.</summary>
/// <param name="folder">The data folder.</param>
public sealed class DataFolderInUseException(string folder)
    : IOException($"The data folder '{folder}' is in use by another process. Stop that one, or give another folder.");
