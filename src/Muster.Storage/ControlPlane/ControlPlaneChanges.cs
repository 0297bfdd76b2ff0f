using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Muster.Storage.ControlPlane;

/// <summary>
/// Tells, in microseconds, whether anything was committed to the control plane since one asked last: by this process or another, by
/// whatever
/// statement. What is kept in memory beside the version that it was read at is therefore never older than the last commit. Thread-safe.
/// </summary>
public sealed class ControlPlaneChanges : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ControlPlaneContext _context;
    private readonly DbCommand _command;

    /// <summary>Opens a connection that does nothing else: its own commits would not be told.</summary>
    public ControlPlaneChanges(IDbContextFactory<ControlPlaneContext> contexts)
    {
        _context = contexts.CreateDbContext();
        _context.Database.OpenConnection();
        _command = _context.Database.GetDbConnection().CreateCommand();
        _command.CommandText = "PRAGMA data_version";
        _command.Prepare();
    }

    /// <summary>A number that changes with every commit.</summary>
    public long Version
    {
        get { lock (_gate) return (long)_command.ExecuteScalar()!; }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _command.Dispose();
        _context.Dispose();
    }
}
