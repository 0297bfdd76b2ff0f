using System.Collections;
using DuckDB.NET.Data;

namespace Muster.Storage.Profiles;

/// <summary>
/// Gives SQL what is known of each lake record, by number of file and row: a look-up in an array instead of a join with a table of all records.
/// Files are numbered by position in the list.
/// </summary>
internal static class LakeFunctions
{
    /// <summary>
    /// Registers <c>muster_place(file, row)</c>, <c>muster_arrival(file, row)</c>, <c>muster_ingested(file)</c>, <c>muster_dataset(file)</c> (a rank
    /// in the order of dataset ids), <c>muster_ordinal(place)</c> and <c>muster_multiple(place)</c>.
    /// </summary>
    public static void Register(DuckDBConnection connection, IReadOnlyList<LakeRows> files, MergePlan plan)
    {
        int[][] places = [.. files.Select(f => f.Places)];
        long[] arrivals = [.. files.Select(f => f.FirstArrival)], ingested = [.. files.Select(f => f.Batch.IngestedAt)];
        string[] datasets = [.. files.Select(f => f.Batch.DatasetId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        int[] ranks = [.. files.Select(f => Array.IndexOf(datasets, f.Batch.DatasetId))];
        long[] ordinals = plan.Ordinals;
        BitArray multiple = plan.IsMultiple;

        connection.RegisterScalarFunction<int, long, int>("muster_place", (columns, result, rows) =>
        {
            for (ulong i = 0; i < rows; i++) result.WriteValue(places[columns[0].GetValue<int>(i)][columns[1].GetValue<long>(i)], i);
        });
        connection.RegisterScalarFunction<int, long, long>("muster_arrival", (columns, result, rows) =>
        {
            for (ulong i = 0; i < rows; i++) result.WriteValue(arrivals[columns[0].GetValue<int>(i)] + columns[1].GetValue<long>(i), i);
        });
        connection.RegisterScalarFunction<int, long>("muster_ingested", (columns, result, rows) =>
        {
            for (ulong i = 0; i < rows; i++) result.WriteValue(ingested[columns[0].GetValue<int>(i)], i);
        });
        connection.RegisterScalarFunction<int, int>("muster_dataset", (columns, result, rows) =>
        {
            for (ulong i = 0; i < rows; i++) result.WriteValue(ranks[columns[0].GetValue<int>(i)], i);
        });
        connection.RegisterScalarFunction<int, long>("muster_ordinal", (columns, result, rows) =>
        {
            for (ulong i = 0; i < rows; i++) result.WriteValue(columns[0].GetValue<int>(i) is >= 0 and int place ? ordinals[place] : -1, i);
        });
        // The filter that keeps used records only may run after this one, so it is asked about place -1 too.
        connection.RegisterScalarFunction<int, bool>("muster_multiple", (columns, result, rows) =>
        {
            for (ulong i = 0; i < rows; i++) result.WriteValue(columns[0].GetValue<int>(i) is >= 0 and int place && multiple[place], i);
        });
    }
}
