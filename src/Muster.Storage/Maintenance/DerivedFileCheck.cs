using DuckDB.NET.Data;
using Muster.Storage.DuckDb;
using Muster.Storage.Profiles;

namespace Muster.Storage.Maintenance;

/// <summary>Whether runs, keys and links can be read to their ends. They are derived: what cannot is made anew from the lake.</summary>
internal static class DerivedFileCheck
{
    /// <summary>True if a fault may come from a damaged file; false if it certainly does not.</summary>
    public static bool MayTell(Exception fault) => fault switch
    {
        OperationCanceledException => false,
        DuckDBException duck => !StorageFault.IsFull(duck) && !duck.Message.StartsWith("Out of Memory", StringComparison.Ordinal)
            && !duck.Message.StartsWith("INTERRUPT", StringComparison.OrdinalIgnoreCase),
        // What a statement meets while it streams comes as the second of these.
        InvalidDataException or InvalidOperationException => true,
        AggregateException several => several.InnerExceptions.Any(MayTell),
        _ => fault.InnerException is { } cause && MayTell(cause),
    };

    /// <summary>The derived files of a state that are damaged or missing, each of which is read whole.</summary>
    public static IReadOnlyList<string> FindDamaged(string folder, StoreManifest manifest, CancellationToken cancellationToken)
    {
        using var root = new DuckDBConnection("DataSource=:memory:");
        root.Open();
        var damaged = new List<string>();
        foreach (string run in manifest.Views.SelectMany(v => v.Runs).Select(r => r.File)) Try(run, () => ReadRun(root, folder, run));
        foreach (string file in manifest.Batches.SelectMany(b => b.KeyFiles).Concat(manifest.LinkFiles.Select(l => l.File)))
            Try(file, () => ReadAll(root, $"read_parquet({SqlText.Literal(Path.Combine(folder, file))})"));
        return damaged;

        void Try(string file, Action read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                read();
            }
            catch (Exception fault) when (fault is DuckDBException or InvalidDataException or InvalidOperationException or IOException)
            {
                damaged.Add(file);
            }
        }
    }

    /// <summary>Reads all rows of a run: damage inside of a block shows only when the block is read.</summary>
    public static void ReadWhole(RunFile run)
    {
        using DuckDBConnection connection = run.Connect();
        foreach (string table in (string[])["profile", "event"]) ReadAll(connection, $"{run.Alias}.{table}");
    }

    private static void ReadRun(DuckDBConnection root, string folder, string file)
    {
        RunFile run = RunFile.Open(root, folder, file, "checked");
        try
        {
            ReadWhole(run);
        }
        finally
        {
            run.Close();
        }
    }

    private static void ReadAll(DuckDBConnection connection, string relation)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT bit_xor(hash(r)) FROM {relation} r";
        _ = command.ExecuteScalar();
    }
}
