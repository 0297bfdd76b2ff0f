using System.Numerics;
using System.Runtime.Intrinsics;
using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Vector = Muster.Engine.Execution.Vector;

namespace Muster.Engine.Nodes;

/// <summary>
/// True for rows that have between least and most elements which satisfy all conditions; least is at least 1, so rows without a match cost
/// nothing. The conditions' bitmaps are combined on the way, eight words at a time.
/// </summary>
internal sealed class CountBetweenNode(Domain domain, Domain elements, IReadOnlyList<Node> conditions, long least, long most)
    : Node(domain, ValueKind.Bits, conditions)
{
    public Domain Elements => elements;

    public long Least => least;

    public long Most => most;

    public override string Text => $"count {least}..{(most == long.MaxValue ? "" : most)} {elements.Text}[{Join(Inputs)}]";

    // The bitmaps of the conditions are combined; the rows are touched where there is a match only.
    public override long WorkOf(Evaluator evaluator, Frame frame) =>
        Inputs.Count == 0 ? frame.Count : evaluator.FrameOf(elements).Words * (Inputs.Count + 1);

    public override IEnumerable<Node> AllInputs() => base.AllInputs().Concat(Conditions(elements));

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, elements);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        Frame children = evaluator.FrameOf(elements);
        if (Inputs.Count == 0)
        {
            int[] offsets = RowPaths.Offsets(evaluator, children, frame);
            for (int row = 0; row < frame.Count; row++)
                if (offsets[row + 1] - offsets[row] is var size && size >= least && size <= most) Bitmaps.Set(bits, row);
            return new Vector { Bits = bits };
        }
        int[] parents = RowPaths.Parents(evaluator, children, frame);
        ulong[][] operands = Inputs.Any(input => input.IsExpensive)
            ? [Selection.All(evaluator, children, Inputs)!]
            : Inputs.Select(input => evaluator.Get(input).Bits).ToArray();
        if (least == 1 && most == long.MaxValue) MarkParents(operands, parents, bits, children.Words);
        else CountParents(operands, parents, bits, children.Words);
        return new Vector { Bits = bits };
    }

    private static void MarkParents(ulong[][] operands, int[] parents, ulong[] bits, int words)
    {
        for (int w = NextMatch(operands, 0, words, out ulong match); w >= 0; w = NextMatch(operands, w + 1, words, out match))
            for (; match != 0; match &= match - 1) Bitmaps.Set(bits, parents[(w << 6) + BitOperations.TrailingZeroCount(match)]);
    }

    // Elements of one row are contiguous, so one running count is enough.
    private void CountParents(ulong[][] operands, int[] parents, ulong[] bits, int words)
    {
        int current = -1;
        long count = 0;
        for (int w = NextMatch(operands, 0, words, out ulong match); w >= 0; w = NextMatch(operands, w + 1, words, out match))
        {
            for (; match != 0; match &= match - 1)
            {
                int parent = parents[(w << 6) + BitOperations.TrailingZeroCount(match)];
                if (parent == current)
                {
                    count++;
                    continue;
                }
                if (count >= least && count <= most) Bitmaps.Set(bits, current);
                (current, count) = (parent, 1);
            }
        }
        if (count >= least && count <= most) Bitmaps.Set(bits, current);
    }

    /// <summary>
    /// The first word from <paramref name="start"/> where the conjunction of all operands is not zero; -1 if there is none.
    /// </summary>
    private static int NextMatch(ulong[][] operands, int start, int words, out ulong match)
    {
        int w = start;
        while (w < words)
        {
            if ((w & 7) == 0 && w + 8 <= words)
            {
                Vector512<ulong> eight = Vector512.Create(operands[0], w);
                for (int i = 1; i < operands.Length && eight != Vector512<ulong>.Zero; i++) eight &= Vector512.Create(operands[i], w);
                if (eight == Vector512<ulong>.Zero)
                {
                    w += 8;
                    continue;
                }
            }
            match = operands[0][w];
            for (int i = 1; i < operands.Length; i++) match &= operands[i][w];
            if (match != 0) return w;
            w++;
        }
        match = 0;
        return -1;
    }
}

/// <summary>The number of elements that satisfy all conditions.</summary>
internal sealed class CountNode(Domain domain, Domain elements, IReadOnlyList<Node> conditions) : Node(domain, ValueKind.Int64, conditions)
{
    public Domain Elements => elements;

    public override bool IsNeverNull => true;

    public override string Text => $"count {elements.Text}[{Join(Inputs)}]";

    public override long WorkOf(Evaluator evaluator, Frame frame) => frame.Count + evaluator.FrameOf(elements).Count;

    public override IEnumerable<Node> AllInputs() => base.AllInputs().Concat(Conditions(elements));

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, elements);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Frame children = evaluator.FrameOf(elements);
        int[] offsets = RowPaths.Offsets(evaluator, children, frame);
        long[] counts = frame.Arena.Longs(frame.Count);
        if (Selection.All(evaluator, children, Inputs) is not { } selected)
        {
            for (int row = 0; row < frame.Count; row++) counts[row] = offsets[row + 1] - offsets[row];
            return new Vector { Longs = counts };
        }
        counts.AsSpan(0, frame.Count).Clear();
        int[] parents = RowPaths.Parents(evaluator, children, frame);
        for (int w = 0; w < children.Words; w++)
            for (ulong word = selected[w]; word != 0; word &= word - 1) counts[parents[(w << 6) + BitOperations.TrailingZeroCount(word)]]++;
        return new Vector { Longs = counts };
    }
}
