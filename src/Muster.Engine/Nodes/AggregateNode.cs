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
    public override string Text => $"{function} {elements.Text}[{Join([.. conditions, value])}]:{Kind}{(order is null ? "" : $" in order of #{order.Id}")}";

    public override long WorkOf(Evaluator evaluator, Frame frame) => frame.Count + evaluator.FrameOf(elements).Count;

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, elements);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Frame children = evaluator.FrameOf(elements);
        int[] offsets = RowPaths.Offsets(evaluator, children, frame);
        ulong[] selected = Selection.Narrow(evaluator, children, conditions, mask: null);
        Vector values = evaluator.Get(value);
        if (values.Validity is not null) Bitmaps.And(selected, values.Validity, children.Words);
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
            else Total(evaluator, values, selected, start, end, row, output);
        }
        return output.ToVector();
    }

    private void Total(Evaluator evaluator, Vector values, ulong[] selected, int start, int end, int row, RowWriter output)
    {
        double total = 0;
        Int128 exact = 0;
        int count = 0;
        bool isWhole = value.Kind == ValueKind.Int64;
        for (int i = Bitmaps.Next(selected, start, end); i >= 0; i = Bitmaps.Next(selected, i + 1, end), count++)
        {
            if (!isWhole) total += values.Doubles[i];
            else if (Kind == ValueKind.Int64) exact += values.Longs[i];
            else total += values.Longs[i];
        }
        if (Kind == ValueKind.Int64)
        {
            if (NumberRules.Fits(exact)) output.Set(row, (long)exact);
            else evaluator.NoteOverflow();
            return;
        }
        if (function == Aggregate.Average && count == 0) return;
        if (function == Aggregate.Average) total /= count;
        if (double.IsFinite(total)) output.Set(row, total);
    }

    private void SumInOrder(Vector values, Vector places, ulong[] selected, int[] offsets, Frame frame, RowWriter output)
    {
        var rows = new List<int>();
        for (int row = 0; row < frame.Count; row++)
        {
            rows.Clear();
            for (int i = Bitmaps.Next(selected, offsets[row], offsets[row + 1]); i >= 0; i = Bitmaps.Next(selected, i + 1, offsets[row + 1])) rows.Add(i);
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
