using System.Collections;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>
/// Gives the SQL of a workspace what is known of each lake record, by number of file and row, and of each place. Files are numbered by position in
/// the list.
/// </summary>
internal static class RunLookups
{
    /// <summary>
    /// Registers <c>muster_place(file, row)</c>, <c>muster_key(file, row)</c>, <c>muster_mark(file, row)</c>, <c>muster_ingested(file)</c>, <c>muster_first(file)</c> (the
    /// number of its first row in the order of arrival),
    /// <c>muster_dataset(file)</c> (a rank in the order of dataset ids), <c>muster_precedence(file)</c> (the position in the method's list), and
    /// <c>muster_multiple(place)</c> (1 if the profile has more than one record).
    /// </summary>
    public static void Register(DuckDbWorkspace workspace, IReadOnlyList<LakeRows> files, MergePlan plan, MergeMethod method)
    {
        string[] datasets = [.. files.Select(f => f.Batch.DatasetId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string[] precedence = [.. method.Precedence ?? []];
        ArrayLookup.Register(workspace.Connection, "muster_place", [.. files.Select(f => f.Places)]);
        ArrayLookup.Register(workspace.Connection, "muster_key", [.. files.Select(f => f.Keys)]);
        ArrayLookup.Register(workspace.Connection, "muster_mark", [.. files.Select(f => f.Marks)]);
        ArrayLookup.Register(workspace.Connection, "muster_ingested", [.. files.Select(f => f.Batch.IngestedAt)]);
        ArrayLookup.Register(workspace.Connection, "muster_first", [.. files.Select(f => f.FirstRow)]);
        ArrayLookup.Register(workspace.Connection, "muster_dataset", [.. files.Select(f => Array.IndexOf(datasets, f.Batch.DatasetId))]);
        ArrayLookup.Register(workspace.Connection, "muster_precedence", [.. files.Select(f => Array.IndexOf(precedence, f.Batch.DatasetId))]);
        ArrayLookup.Register(workspace.Connection, "muster_multiple", Bits(plan.IsMultiple));
    }

    private static int[] Bits(BitArray bits)
    {
        int[] values = new int[bits.Length];
        for (int i = 0; i < values.Length; i++) values[i] = bits[i] ? 1 : 0;
        return values;
    }
}
