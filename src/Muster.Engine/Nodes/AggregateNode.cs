using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Engine.Values;
using Muster.Pql.Binding;

namespace Muster.Engine.Nodes;

/// <summary>
/// Sum, average, least or greatest value of the elements that satisfy all conditions. Nulls are skipped. An order over the elements matters
/// for sums of doubles only, which depend on the order in which they are added.
/// </summary>
internal sealed class AggregateNode(
    Domain domain, Domain elements, Aggregate function, IReadOnlyList<Node> conditions, Node value, ValueKind kind, Node? order = null)
    : Node(domain, kind, [.. conditions, value, .. order is null ? (Node[])[] : [order]])
{
    public override string Text =>
        $"{function} {elements.Text}[{Join([.. conditions, value])}]:{Kind}{(order is null ? "" : $" in order of #{order.Id}")}";

    public override long WorkOf(Evaluator evaluator, Frame frame) => frame.Count + evaluator.FrameOf(elements).Count;

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, elements);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Frame children = evaluator.FrameOf(elements);
        int[] offsets = RowPaths.Offsets(evaluator, children, frame);
        ulong[] selected = Selection.Narrow(evaluator, children, conditions, mask: null);
        Vector values = evaluator.Get(value);
        if (values.Validity is not null) Bitmaps.And(selected, values.Validity, children.Words);
        if (function == Aggregate.Sum && order is null) return Sums(evaluator, values, selected, children, frame);
        var output = new RowWriter(frame, Kind);
        if (order is not null)
        {
            SumInOrder(values, evaluator.Get(order), selected, offsets, frame, output);
            return output.ToVector();
        }
        for (int row = 0; row < frame.Count; row++)
        {
            int start = offsets[row], end = offsets[row + 1];
            if (function is Aggregate.Min or Aggregate.Max) Extreme(values, selected, start, end, row, output);
            else Average(values, selected, start, end, row, output);
        }
        return output.ToVector();
    }

    // Most rows of most sums have no element that counts: only those that have one are touched.
    private Vector Sums(Evaluator evaluator, Vector values, ulong[] selected, Frame children, Frame frame)
    {
        int[] parents = RowPaths.Parents(evaluator, children, frame);
        bool areWhole = Kind == ValueKind.Int64, isWhole = value.Kind == ValueKind.Int64;
        ulong[]? validity = null;
        long[] longs = areWhole ? frame.Arena.Longs(frame.Count) : [];
        double[] doubles = areWhole ? [] : frame.Arena.Doubles(frame.Count);
        longs.AsSpan(0, areWhole ? frame.Count : 0).Clear();
        doubles.AsSpan(0, areWhole ? 0 : frame.Count).Clear();
        int i = Bitmaps.Next(selected, 0, children.Count);
        while (i >= 0)
        {
            int row = parents[i];
            double total = 0;
            Int128 exact = 0;
            for (; i >= 0 && parents[i] == row; i = Bitmaps.Next(selected, i + 1, children.Count))
            {
                if (areWhole) exact += values.Longs[i];
                else total += isWhole ? values.Longs[i] : values.Doubles[i];
            }
            if (areWhole ? NumberRules.Fits(exact) : double.IsFinite(total))
            {
                if (areWhole) longs[row] = (long)exact;
                else doubles[row] = total;
                continue;
            }
            if (areWhole) evaluator.NoteOverflow();
            if (validity is null) Bitmaps.Fill(validity = frame.Arena.Bitmap(frame.Count), frame.Count);
            validity[row >> 6] &= ~(1UL << row);
        }
        return new Vector { Longs = longs, Doubles = doubles, Validity = validity };
    }

    private void Average(Vector values, ulong[] selected, int start, int end, int row, RowWriter output)
    {
        double total = 0;
        int count = 0;
        bool isWhole = value.Kind == ValueKind.Int64;
        for (int i = Bitmaps.Next(selected, start, end); i >= 0; i = Bitmaps.Next(selected, i + 1, end), count++)
            total += isWhole ? values.Longs[i] : values.Doubles[i];
        if (count > 0 && double.IsFinite(total /= count)) output.Set(row, total);
    }

    private void SumInOrder(Vector values, Vector places, ulong[] selected, int[] offsets, Frame frame, RowWriter output)
    {
        var rows = new List<int>();
        for (int row = 0; row < frame.Count; row++)
        {
            rows.Clear();
            for (int i = Bitmaps.Next(selected, offsets[row], offsets[row + 1]); i >= 0; i = Bitmaps.Next(selected, i + 1,
                offsets[row + 1])) rows.Add(i);
            RowOrder.Sort(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows), places);
            double total = 0;
            foreach (int i in rows) total += value.Kind == ValueKind.Int64 ? values.Longs[i] : values.Doubles[i];
            if (function == Aggregate.Average && rows.Count == 0) continue;
            if (function == Aggregate.Average) total /= rows.Count;
            if (double.IsFinite(total)) output.Set(row, total);
        }
    }

    private void Extreme(Vector values, ulong[] selected, int start, int end, int row, RowWriter output)
    {
        int best = -1;
        int wanted = function == Aggregate.Min ? -1 : 1;
        for (int i = Bitmaps.Next(selected, start, end); i >= 0; i = Bitmaps.Next(selected, i + 1, end))
            if (best < 0 || Math.Sign(RowOrder.Compare(values, Kind, i, best)) == wanted) best = i;
        if (best < 0) return;
        switch (Kind)
        {
            case ValueKind.Bits: output.Set(row, values.IsTrue(best)); break;
            case ValueKind.Int64: output.Set(row, values.Longs[best]); break;
            case ValueKind.Double: output.Set(row, values.Doubles[best]); break;
            default: output.Set(row, values.TextAt(best)); break;
        }
    }
}
