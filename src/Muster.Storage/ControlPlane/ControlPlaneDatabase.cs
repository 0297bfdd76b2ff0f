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

    private ControlPlaneDatabase(SqliteConnectionStringBuilder connection)
    {
        connection.DefaultTimeout = 30;
        connection.ForeignKeys = true;
        _options = new DbContextOptionsBuilder<ControlPlaneContext>().UseSqlite(connection.ConnectionString).Options;
    }

    /// <summary>Opens the control plane of a data folder, made or upgraded when it must be.</summary>
    /// <exception cref="ControlPlaneException">The file is damaged, or of a newer version of Muster.</exception>
    /// <exception cref="SqliteException">The file cannot be written.</exception>
    public static async Task<ControlPlaneDatabase> OpenAsync(string dataFolder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(dataFolder);
        string path = Path.Combine(dataFolder, FileName);
        var database = new ControlPlaneDatabase(new SqliteConnectionStringBuilder { DataSource = path });
        await ControlPlaneFault.GuardAsync(path, async () =>
        {
            await using ControlPlaneContext context = database.CreateDbContext();
            RefuseNewer(path, context);
            await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
            // A copy that a backup made may have another mode; without WAL readers and the writer would wait for one another.
            await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return database;
    }

    /// <summary>
    /// Opens a control plane as it is, also beside a server that works with it: nothing is made or upgraded, and no connection is kept.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ControlPlaneException">There is none, it is damaged, or of another version of Muster.</exception>
    public static async Task<ControlPlaneDatabase> OpenExistingAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw new ControlPlaneException($"There is no control plane '{path}': the folder is no data folder of Muster.");
        var database = new ControlPlaneDatabase(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false });
        await ControlPlaneFault.GuardAsync(path, async () =>
        {
            await using ControlPlaneContext context = database.CreateDbContext();
            RefuseNewer(path, context);
            if ((await context.Database.GetPendingMigrationsAsync(cancellationToken).ConfigureAwait(false)).Any())
                throw new ControlPlaneException($"The control plane '{path}' is of an older version of Muster. Start the server once: it upgrades it.");
        }).ConfigureAwait(false);
        return database;
    }

    /// <summary>Lets a context read one instant until the result is disposed, without keeping anybody from writing.</summary>
    public static async Task<IAsyncDisposable> PinAsync(ControlPlaneContext context, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        // Deferred: the usual kind of transaction takes the write lock.
        SqliteTransaction transaction = ((SqliteConnection)context.Database.GetDbConnection()).BeginTransaction(deferred: true);
        await context.Database.UseTransactionAsync(transaction, cancellationToken).ConfigureAwait(false);
        return transaction;
    }

    private static void RefuseNewer(string path, ControlPlaneContext context)
    {
        string[] unknown = [.. context.Database.GetAppliedMigrations().Except(context.Database.GetMigrations(), StringComparer.Ordinal)];
        if (unknown.Length > 0) throw new ControlPlaneException(
            $"The control plane '{path}' is of a newer version of Muster ({unknown[^1]}). Use that version, or restore a backup of this one.");
    }

    /// <inheritdoc/>
    public ControlPlaneContext CreateDbContext() => new(_options);
}
