using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Pql.Time;

namespace Muster.Engine.Nodes;

/// <summary>
/// For each outer row the number of inner rows that it makes a satisfying pair with. Conditions on the inner row alone are evaluated over
/// the inner domain; only what compares the two is evaluated over pairs, in chunks, so memory does not grow with their number. Windows in
/// time leave few pairs, or none to be made at all.
/// </summary>
/// <param name="pairs">The domain of the pairs.</param>
/// <param name="outerConditions">Over the outer domain.</param>
/// <param name="innerConditions">Over the inner domain.</param>
/// <param name="windows">Conditions over the pairs that a binary search answers.</param>
/// <param name="pairConditions">The other conditions over the pairs.</param>
/// <param name="existsOnly">Whether there is a match, not how many.</param>
/// <param name="weight">Whole numbers over the pairs: how often each counts, where there is a further variable; null for once.</param>
internal sealed class PairsCountNode(
    Domain pairs, IReadOnlyList<Node> outerConditions, IReadOnlyList<Node> innerConditions, IReadOnlyList<PairsWindow> windows,
        IReadOnlyList<Node> pairConditions, bool existsOnly, Node? weight)
    : Node(
        pairs.Parent!, existsOnly ? ValueKind.Bits : ValueKind.Int64,
        [.. outerConditions, .. innerConditions, .. windows.SelectMany(window => new[] { window.InnerTime, window.OuterTime }),
            .. pairConditions, .. weight is null ? (Node[])[] : [weight]])
{
    private const int ChunkLength = 1 << 15;

    public override string Text =>
        $"{(existsOnly ? "exists" : "count")} {pairs.Text}[{string.Join(" | ", Join(outerConditions), Join(innerConditions), string.Join(", ", windows.Select(w => w.Text)), Join(pairConditions))}]"
        + (weight is null ? "" : $" times #{weight.Id}");

    public override bool IsNeverNull => true;

    protected override bool IsCostly => true;

    // What matters is told pair by pair.
    public override long WorkOf(Evaluator evaluator, Frame frame) => 0;

    public override IEnumerable<Node> AllInputs() => base.AllInputs().Concat(Conditions(pairs));

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, pairs.Inner!);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        long[] counts = Count(evaluator, frame, mask: null);
        return existsOnly ? new Vector { Bits = Positive(frame, counts) } : new Vector { Longs = counts };
    }

    public override ulong[] EvaluateWithin(Evaluator evaluator, Frame frame, ulong[] mask) => Positive(frame, Count(evaluator, frame, mask));

    private static ulong[] Positive(Frame frame, long[] counts)
    {
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        for (int row = 0; row < frame.Count; row++)
            if (counts[row] > 0) Bitmaps.Set(bits, row);
        return bits;
    }

    private long[] Count(Evaluator evaluator, Frame frame, ulong[]? mask)
    {
        long[] counts = frame.Arena.Longs(frame.Count);
        counts.AsSpan(0, frame.Count).Clear();
        if (outerConditions.Count > 0) mask = Selection.Narrow(evaluator, frame, outerConditions, mask);
        Frame inner = evaluator.FrameOf(pairs.Inner!), common = evaluator.FrameOf(pairs.Common!);
        PairCandidates candidates = PairCandidates.Of(evaluator, inner, common, innerConditions,
            windows.Count == 0 ? null : windows[0].InnerTime);
        int[] commonRows = CommonRows(evaluator, frame);
        int[] outerRows = frame.Arena.Ints(ChunkLength), innerRows = frame.Arena.Ints(ChunkLength);
        Vector[] outerTimes = new Vector[windows.Count];
        for (int i = 0; i < outerTimes.Length; i++) outerTimes[i] = evaluator.Get(windows[i].OuterTime);
        int filled = 0;
        long asked = 0;
        for (int row = 0; row < frame.Count; row++)
        {
            if (mask is not null && !Bitmaps.Get(mask, row)) continue;
            asked++;
            (int start, int end) = candidates.Slice(commonRows[row]);
            if (windows.Count > 0 && start < end) (start, end) = Narrow(candidates, outerTimes, row, start, end);
            if (pairConditions.Count == 0 && weight is null)
            {
                counts[row] = end - start;
                continue;
            }
            for (int i = start; i < end; i++)
            {
                // An outer row that has its match needs no further chunk.
                if (existsOnly && counts[row] > 0) break;
                (outerRows[filled], innerRows[filled]) = (row, candidates.Rows[i]);
                if (++filled < ChunkLength) continue;
                Flush(evaluator, outerRows, innerRows, filled, counts);
                filled = 0;
            }
        }
        if (filled > 0) Flush(evaluator, outerRows, innerRows, filled, counts);
        evaluator.Spend(this, asked);
        return counts;
    }

    private (int Start, int End) Narrow(PairCandidates candidates, Vector[] outerTimes, int row, int start, int end)
    {
        TimeRange range = TimeRange.All;
        for (int i = 0; i < outerTimes.Length; i++)
        {
            if (!outerTimes[i].IsValid(row)) return (start, start);
            range = range.And(windows[i].Allowed(outerTimes[i].Longs[row]));
        }
        return range.IsEmpty ? (start, start) : candidates.Within(start, end, range);
    }

    private void Flush(Evaluator evaluator, int[] outerRows, int[] innerRows, int count, long[] counts)
    {
        evaluator.Spend(this, count);
        evaluator.WithPairs(pairs, outerRows, innerRows, count, chunk =>
        {
            ulong[]? found = Selection.All(evaluator, chunk, pairConditions);
            Vector? weights = weight is null ? null : evaluator.Get(weight);
            for (int i = 0; i < count; i++)
                if (found is null || Bitmaps.Get(found, i)) counts[outerRows[i]] += weights is null ? 1 : weights.Longs[i];
        });
    }

    private int[] CommonRows(Evaluator evaluator, Frame frame)
    {
        int[] rows = frame.Arena.Ints(frame.Count);
        for (int i = 0; i < frame.Count; i++) rows[i] = i;
        Frame at = frame;
        foreach (GatherKind kind in pairs.OuterToCommon)
        {
            int[] via = at.RowsVia(kind);
            for (int i = 0; i < frame.Count; i++) rows[i] = via[rows[i]];
            at = evaluator.FrameOf(kind == GatherKind.Inner ? at.Domain.Inner! : at.Domain.Parent!);
        }
        return rows;
    }
}
