using Microsoft.Data.Sqlite;

namespace Muster.Storage.ControlPlane;

/// <summary>The control plane cannot be used; the message says why and what to do.</summary>
public sealed class ControlPlaneException : IOException
{
    /// <summary>For a person who looks after the folder.</summary>
    public ControlPlaneException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>Tells damage of the file from all else that SQLite can meet.</summary>
internal static class ControlPlaneFault
{
    private const int Corrupt = 11;
    private const int CannotOpen = 14;
    private const int ReadOnly = 8;
    private const int Full = 13;
    private const int NotADatabase = 26;

    /// <summary>Runs something that opens the file.</summary>
    /// <exception cref="ControlPlaneException">The file is damaged or cannot be written.</exception>
    public static async Task GuardAsync(string path, Func<Task> open)
    {
        try
        {
            await open().ConfigureAwait(false);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is Corrupt or NotADatabase)
        {
            throw new ControlPlaneException(
                $"The control plane '{path}' is damaged ({fault.Message}). Restore a backup: muster store restore BACKUP --data NEWDIR.", fault);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is CannotOpen or ReadOnly or Full)
        {
            throw new ControlPlaneException($"The control plane '{path}' cannot be written ({fault.Message}).", fault);
        }
    }
}
