using System.Numerics;
using Muster.Benchmarks.Whole;

namespace Muster.Benchmarks.Evaluation;

/// <summary>What the second mix costs at least: its conditions over plain arrays, walked as the first mix's limit walks them.</summary>
internal static class FreeLimit
{
    private const int BlockRows = 65_536;

    public static long[] Count(
        FreeWorkload workload, FreeCondition[][] segments, int[][] attributes, double[][] numbers, int[] offsets, int[] type,
            double[] price, int[] time)
    {
        var known = new Dictionary<FreeCondition, int>();
        foreach (FreeCondition condition in segments.SelectMany(conditions => conditions)) known.TryAdd(condition, known.Count);
        FreeCondition[] conditions = [.. known.Keys];
        int[][] formulas = segments.Select(segment => segment.Select(condition => known[condition]).ToArray()).ToArray();
        long[] counts = new long[formulas.Length];
        Parallel.For(0, (workload.Profiles + BlockRows - 1) / BlockRows, block =>
        {
            int first = block * BlockRows, rows = Math.Min(BlockRows, workload.Profiles - first), words = (rows + 63) / 64;
            var bits = new ulong[conditions.Length][];
            for (int i = 0; i < bits.Length; i++) bits[i] = new ulong[words];
            ByValue(conditions, attributes, bits, first, rows);
            for (int i = 0; i < conditions.Length; i++)
            {
                if (conditions[i].Kind == FreeKind.Greater)
                    Greater(numbers[conditions[i].A].AsSpan(first, rows), conditions[i].Threshold, bits[i]);
                else if (conditions[i].Kind == FreeKind.Customer)
                    for (int row = 0; row < rows; row++)
                        if (FreeWorkload.CustomerOf(first + row).StartsWith(conditions[i].Prefix, StringComparison.Ordinal))
                            bits[i][row >> 6] |= 1UL << row;
            }
            ByEvent(conditions, offsets, type, price, time, bits, first, rows);
            for (int segment = 0; segment < formulas.Length; segment++)
            {
                long count = 0;
                for (int word = 0; word < words; word++)
                {
                    ulong members = ulong.MaxValue;
                    foreach (int condition in formulas[segment]) members &= bits[condition][word];
                    count += BitOperations.PopCount(members);
                }
                Interlocked.Add(ref counts[segment], count);
            }
        });
        return counts;
    }

    private static void ByValue(FreeCondition[] conditions, int[][] attributes, ulong[][] bits, int first, int rows)
    {
        for (int attribute = 0; attribute < attributes.Length; attribute++)
        {
            var wanted = new Dictionary<int, ulong[]>();
            for (int i = 0; i < conditions.Length; i++)
                if (conditions[i].Kind == FreeKind.Equals && conditions[i].A == attribute) wanted[conditions[i].B] = bits[i];
            var table = new ulong[]?[wanted.Count == 0 ? 0 : wanted.Keys.Max() + 1];
            foreach ((int value, ulong[] target) in wanted) table[value] = target;
            ReadOnlySpan<int> column = attributes[attribute].AsSpan(first, rows);
            for (int row = 0; row < column.Length; row++)
                if (column[row] < table.Length && table[column[row]] is { } target) target[row >> 6] |= 1UL << row;
        }
    }

    private static void Greater(ReadOnlySpan<double> column, double threshold, ulong[] target)
    {
        for (int row = 0; row < column.Length; row++)
            if (column[row] > threshold) target[row >> 6] |= 1UL << row;
    }

    private static void ByEvent(
        FreeCondition[] conditions, int[] offsets, int[] type, double[] price, int[] time, ulong[][] bits, int first, int rows)
    {
        ILookup<int, int> byType = Enumerable.Range(0, conditions.Length)
            .Where(i => conditions[i].Kind == FreeKind.Events).ToLookup(i => conditions[i].A);
        int[][] asked = Enumerable.Range(0, type.Length == 0 ? 0 : type.Max() + 1).Select(t => byType[t].ToArray()).ToArray();
        int[] counts = new int[conditions.Length], touched = new int[conditions.Length];
        for (int row = 0; row < rows; row++)
        {
            int dirty = 0;
            for (int e = offsets[first + row]; e < offsets[first + row + 1]; e++)
            {
                foreach (int i in asked[type[e]])
                {
                    if (time[e] < Workload.Now - conditions[i].B * 3600 || !(price[e] > conditions[i].Threshold)) continue;
                    if (counts[i] == 0) touched[dirty++] = i;
                    if (++counts[i] == conditions[i].C) bits[i][row >> 6] |= 1UL << row;
                }
            }
            for (int i = 0; i < dirty; i++) counts[touched[i]] = 0;
        }
    }
}
