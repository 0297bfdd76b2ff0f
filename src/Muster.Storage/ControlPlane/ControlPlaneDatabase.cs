using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Muster.Storage.ControlPlane;

/// <summary>
/// The SQLite file of the control plane. WAL with <c>synchronous=FULL</c>: what a transaction committed survives a kill and a power cut.
/// </summary>
public sealed class ControlPlaneDatabase : IDbContextFactory<ControlPlaneContext>
{
    /// <summary>The name of the file in the data folder.</summary>
    public const string FileName = "control.db";

    private readonly DbContextOptions<ControlPlaneContext> _options;

    private ControlPlaneDatabase(string path)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30, ForeignKeys = true };
        _options = new DbContextOptionsBuilder<ControlPlaneContext>().UseSqlite(connection.ConnectionString).Options;
    }

    /// <summary>Opens the control plane of a data folder, made or upgraded when it must be.</summary>
    /// <exception cref="SqliteException">The file is damaged or cannot be written.</exception>
    public static async Task<ControlPlaneDatabase> OpenAsync(string dataFolder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(dataFolder);
        var database = new ControlPlaneDatabase(Path.Combine(dataFolder, FileName));
        await using ControlPlaneContext context = database.CreateDbContext();
        await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        return database;
    }

    /// <inheritdoc/>
    public ControlPlaneContext CreateDbContext() => new(_options);
}
