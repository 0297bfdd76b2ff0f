using Muster.Engine.Execution;
using Muster.Engine.Planning;

namespace Muster.Engine.Nodes;

/// <summary>
/// For each outer row the number of inner rows that it makes a satisfying pair with. Conditions on the inner row alone are evaluated over
/// the
/// inner domain; only what compares the two is evaluated over pairs, in chunks, so memory does not grow with their number.
/// </summary>
/// <param name="pairs">The domain of the pairs.</param>
/// <param name="innerConditions">Over the inner domain.</param>
/// <param name="pairConditions">Over the pairs.</param>
/// <param name="existsOnly">Whether there is a match, not how many.</param>
/// <param name="weight">Whole numbers over the pairs: how often each counts, where there is a further variable; null for once.</param>
internal sealed class PairsCountNode(Domain pairs, IReadOnlyList<Node> innerConditions, IReadOnlyList<Node> pairConditions, bool existsOnly, Node? weight)
    : Node(pairs.Parent!, existsOnly ? ValueKind.Bits : ValueKind.Int64, [.. innerConditions, .. pairConditions, .. weight is null ? (Node[])[] : [weight]])
{
    private const int ChunkLength = 1 << 15;

    public override string Text => $"{(existsOnly ? "exists" : "count")} {pairs.Text}[{Join(innerConditions)} | {Join(pairConditions)}]{(weight is null ? "" : $" times #{weight.Id}")}";

    public override bool IsNeverNull => true;

    protected override bool IsCostly => true;

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
        Frame inner = evaluator.FrameOf(pairs.Inner!), common = evaluator.FrameOf(pairs.Common!);
        int[] offsets = RowPaths.Offsets(evaluator, inner, common);
        ulong[]? candidates = Selection.All(evaluator, inner, innerConditions);
        int[] commonRows = CommonRows(evaluator, frame);
        int[] outerRows = new int[ChunkLength], innerRows = new int[ChunkLength];
        int filled = 0;
        for (int row = 0; row < frame.Count; row++)
        {
            if (mask is not null && !Bitmaps.Get(mask, row)) continue;
            int end = offsets[commonRows[row] + 1];
            for (int i = offsets[commonRows[row]]; i < end; i++)
            {
                if (candidates is not null && (i = Bitmaps.Next(candidates, i, end)) < 0) break;
                // An outer row that has its match needs no further chunk.
                if (existsOnly && counts[row] > 0) break;
                (outerRows[filled], innerRows[filled]) = (row, i);
                if (++filled < ChunkLength) continue;
                Flush(evaluator, outerRows, innerRows, filled, counts);
                filled = 0;
            }
        }
        if (filled > 0) Flush(evaluator, outerRows, innerRows, filled, counts);
        return counts;
    }

    private void Flush(Evaluator evaluator, int[] outerRows, int[] innerRows, int count, long[] counts) =>
        evaluator.WithPairs(pairs, outerRows, innerRows, count, chunk =>
        {
            ulong[]? found = Selection.All(evaluator, chunk, pairConditions);
            Vector? weights = weight is null ? null : evaluator.Get(weight);
            for (int i = 0; i < count; i++)
                if (found is null || Bitmaps.Get(found, i)) counts[outerRows[i]] += weights is null ? 1 : weights.Longs[i];
        });

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
