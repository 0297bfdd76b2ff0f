using System.Numerics;
using System.Runtime.Intrinsics;
using Muster.Benchmarks.Whole;

namespace Muster.Benchmarks.Evaluation;

/// <summary>
/// What the first mix costs at least: its distinct conditions as bitmaps over plain arrays in memory, each column walked once, each event
/// asked only the conditions of its type and category, then a formula of bitmaps a segment. No schema, no nulls, no store, no language.
/// </summary>
internal static class MixLimit
{
    private const int BlockRows = 65_536;

    public static long[] Count(Workload workload)
    {
        var numbers = new Dictionary<WorkloadCondition, int>();
        foreach (WorkloadCondition condition in workload.Segments.SelectMany(segment => segment.Conditions))
            numbers.TryAdd(condition, numbers.Count);
        int[][] formulas = workload.Segments.Select(segment => segment.Conditions.Select(condition => numbers[condition]).ToArray())
            .ToArray();
        long[] counts = new long[formulas.Length];
        Parallel.For(0, (workload.Profiles + BlockRows - 1) / BlockRows, block =>
        {
            int first = block * BlockRows, rows = Math.Min(BlockRows, workload.Profiles - first), words = (rows + 63) / 64;
            var bits = new ulong[numbers.Count][];
            for (int i = 0; i < bits.Length; i++) bits[i] = new ulong[words];
            Equalities(workload, numbers, bits, first, rows);
            Thresholds(workload, numbers, bits, first, rows);
            EventCounts(workload, numbers, bits, first, rows);
            var members = new ulong[words];
            for (int segment = 0; segment < formulas.Length; segment++)
                Interlocked.Add(ref counts[segment], Combine(formulas[segment], workload.Segments[segment].Or, bits, members));
        });
        return counts;
    }

    private static void Equalities(Workload workload, Dictionary<WorkloadCondition, int> numbers, ulong[][] bits, int first, int rows)
    {
        for (int attribute = 0; attribute < workload.Attributes.Length; attribute++)
        {
            var wanted = new ulong[]?[Workload.Cardinality[attribute] + 1];
            foreach ((WorkloadCondition condition, int number) in numbers)
                if (condition.Kind == ConditionKind.Equals && condition.A == attribute) wanted[condition.B] = bits[number];
            ReadOnlySpan<ushort> column = workload.Attributes[attribute].AsSpan(first, rows);
            for (int row = 0; row < column.Length; row++)
                if (wanted[column[row]] is { } target) target[row >> 6] |= 1UL << row;
        }
    }

    private static void Thresholds(Workload workload, Dictionary<WorkloadCondition, int> numbers, ulong[][] bits, int first, int rows)
    {
        foreach ((WorkloadCondition condition, int number) in numbers)
        {
            if (condition.Kind != ConditionKind.Greater) continue;
            double[] column = workload.Numbers[condition.A];
            Vector512<double> threshold = Vector512.Create((double)condition.B);
            int row = 0;
            for (; row + 8 <= rows; row += 8)
                bits[number][row >> 6] |= Vector512.GreaterThan(Vector512.Create(column, first + row), threshold)
                    .ExtractMostSignificantBits() << (row & 63);
            for (; row < rows; row++)
                if (column[first + row] > condition.B) bits[number][row >> 6] |= 1UL << row;
        }
    }

    private static void EventCounts(Workload workload, Dictionary<WorkloadCondition, int> numbers, ulong[][] bits, int first, int rows)
    {
        var asked = new List<(int Since, int Least, ulong[] Bits, int Counter)>[Workload.EventTypes * Workload.Categories];
        int counters = 0;
        foreach ((WorkloadCondition condition, int number) in numbers)
            if (condition.Kind == ConditionKind.EventCount)
                (asked[condition.A] ??= [])
                    .Add((Workload.Now - condition.B * Workload.SecondsPerDay, condition.C, bits[number], counters++));
        (int Since, int Least, ulong[] Bits, int Counter)[]?[] byKind = asked.Select(list => list?.ToArray()).ToArray();
        int[] counts = new int[counters], touched = new int[counters];
        for (int row = 0; row < rows; row++)
        {
            int dirty = 0;
            for (int e = workload.Offsets[first + row]; e < workload.Offsets[first + row + 1]; e++)
            {
                if (byKind[workload.EventType[e] * Workload.Categories + workload.Category[e]] is not { } conditions) continue;
                foreach (ref readonly (int Since, int Least, ulong[] Bits, int Counter) condition in conditions.AsSpan())
                {
                    if (workload.Time[e] < condition.Since) continue;
                    if (counts[condition.Counter] == 0) touched[dirty++] = condition.Counter;
                    if (++counts[condition.Counter] == condition.Least) condition.Bits[row >> 6] |= 1UL << row;
                }
            }
            for (int i = 0; i < dirty; i++) counts[touched[i]] = 0;
        }
    }

    private static long Combine(int[] formula, bool isOr, ulong[][] bits, ulong[] members)
    {
        bits[formula[0]].CopyTo(members, 0);
        for (int i = 1; i < formula.Length; i++)
        {
            ulong[] other = bits[formula[i]];
            int word = 0;
            for (; word + 8 <= members.Length; word += 8)
            {
                Vector512<ulong> left = Vector512.Create(members, word), right = Vector512.Create(other, word);
                (isOr ? left | right : left & right).CopyTo(members, word);
            }
            for (; word < members.Length; word++) members[word] = isOr ? members[word] | other[word] : members[word] & other[word];
        }
        long count = 0;
        foreach (ulong word in members) count += BitOperations.PopCount(word);
        return count;
    }
}
