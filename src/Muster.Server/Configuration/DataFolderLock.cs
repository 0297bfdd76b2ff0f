namespace Muster.Server.Configuration;

/// <summary>
/// Holds a data folder for one process. A second one would take up the jobs that the first is running and empty its scratch folders. The system
/// lets go of the file when the process ends, however it ends.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private const string FileName = "muster.lock";

    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <exception cref="IOException">Another process has the folder, or it cannot be written.</exception>
    public static DataFolderLock Take(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        string path = Path.Combine(dataFolder, FileName);
        try
        {
            return new DataFolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException fault) when (File.Exists(path))
        {
            throw new IOException($"Another server uses the data folder '{dataFolder}': stop it, or name another folder.", fault);
        }
    }

    public void Dispose() => _file.Dispose();
}
