using Muster.Storage.Lookup;
using Muster.Storage.Profiles;
using RocksDbSharp;

namespace Muster.Storage.Maintenance;

/// <summary>
/// Whether the lookup store says of each profile what its run says, byte by byte; reading checks the sums of its blocks. What is not there (yet) is no
/// fault: lookups read the run then.
/// </summary>
internal static class LookupCheck
{
    /// <summary>Compares the store of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isAlive">Whether the profile at a place counts: nobody reads others.</param>
    /// <param name="folder">The folder of the stores of the sandbox.</param>
    /// <param name="findings">Takes what is wrong.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static void Run(RunFile run, Predicate<int> isAlive, string folder, Findings findings, CancellationToken cancellationToken)
    {
        string place = Path.Combine(folder, Path.GetFileNameWithoutExtension(run.File));
        // A server that works on the folder may take a store away, and make it anew, while it is read.
        for (int attempt = 0; attempt < 2; attempt++)
        {
            if (!Directory.Exists(place)) return;
            string? fault = Compare(run, isAlive, place, cancellationToken, out long compared);
            if (fault is null)
            {
                findings.Count("lookups", compared);
                return;
            }

            if (attempt == 1 && Directory.Exists(place))
                findings.Add("lookup.damaged", Name(folder, run), $"{fault} It is derived: the first lookup that meets the damage makes it anew, or delete its folder.");
        }
    }

    private static string? Compare(RunFile run, Predicate<int> isAlive, string place, CancellationToken cancellationToken, out long compared)
    {
        long found = 0, other = -1;
        compared = 0;
        try
        {
            using LookupFile? store = LookupFile.TryOpen(place, new LookupOptions(), LookupFile.Marker(run.Ordinals.Length, run.Events));
            if (store is null) return "It cannot be opened, or is of another run.";
            LookupFill.Read(run, (ordinal, record) =>
            {
                if (!isAlive(Array.BinarySearch(run.Ordinals, ordinal))) return;
                if (store.Read(ordinal) is not { } stored || !stored.AsSpan().SequenceEqual(record)) other = other < 0 ? ordinal : other;
                else found++;
            }, cancellationToken);
        }
        catch (RocksDbException damage)
        {
            return damage.Message;
        }

        compared = found;
        return other < 0 ? null : $"Of profile {other} it does not say what the run says.";
    }

    private static string Name(string folder, RunFile run) =>
        $"sandboxes/{Path.GetFileName(Path.GetDirectoryName(folder))}/{Path.GetFileName(folder)}/{Path.GetFileNameWithoutExtension(run.File)}";
}
