using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Pql.Time;

namespace Muster.Engine.Nodes;

/// <summary>The inner rows that may be part of a pair, by the row that both rows of a pair have in common.</summary>
internal sealed class PairCandidates
{
    private readonly int[] _starts;
    private readonly long[] _times;

    private PairCandidates(int[] rows, int[] starts, long[] times) => (Rows, _starts, _times) = (rows, starts, times);

    /// <summary>Rows of the inner frame, contiguous for each common row and in order.</summary>
    public int[] Rows { get; }

    /// <param name="evaluator">The evaluator.</param>
    /// <param name="inner">The inner rows.</param>
    /// <param name="common">The rows in common.</param>
    /// <param name="conditions">Over the inner rows.</param>
    /// <param name="time">The times by which the inner rows are sorted, null times apart; null if they need not be found by time.</param>
    public static PairCandidates Of(Evaluator evaluator, Frame inner, Frame common, IReadOnlyList<Node> conditions, Node? time)
    {
        int[] offsets = RowPaths.Offsets(evaluator, inner, common);
        Vector? times = time is null ? null : evaluator.Get(time);
        ulong[]? selected = conditions.Count == 0
            && times?.Validity is null ? null : Selection.Narrow(evaluator, inner, conditions, times?.Validity);
        int[] rows = inner.Arena.Ints(inner.Count), starts = inner.Arena.Ints(common.Count + 1);
        int count = 0;
        for (int row = 0; row < common.Count; row++)
        {
            starts[row] = count;
            int end = offsets[row + 1];
            for (int i = offsets[row]; i < end; i++)
            {
                if (selected is not null && (i = Bitmaps.Next(selected, i, end)) < 0) break;
                rows[count++] = i;
            }
        }
        starts[common.Count] = count;
        return new PairCandidates(rows, starts, times?.Longs ?? []);
    }

    /// <summary>The positions in <see cref="Rows"/> of the candidates of a common row.</summary>
    public (int Start, int End) Slice(int commonRow) => (_starts[commonRow], _starts[commonRow + 1]);

    /// <summary>The part of a slice whose times are in a range that is not empty.</summary>
    public (int Start, int End) Within(int start, int end, TimeRange range)
    {
        int first = Lower(start, end, range.First);
        return (first, range.Last == long.MaxValue ? end : Lower(first, end, range.Last + 1));
    }

    private int Lower(int low, int high, long limit)
    {
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_times[Rows[middle]] < limit) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
