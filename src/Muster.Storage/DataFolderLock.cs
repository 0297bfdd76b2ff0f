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
        string path = Path.Combine(folder.Root, "lock");
        try
        {
            return new DataFolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new DataFolderInUseException(folder.Root);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}

/// <summary>Another process works on the data folder.</summary>
/// <param name="folder">The data folder.</param>
public sealed class DataFolderInUseException(string folder)
    : IOException($"The data folder '{folder}' is in use by another process. Stop that one, or give another folder.");
