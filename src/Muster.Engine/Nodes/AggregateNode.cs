using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Engine.Values;
using Muster.Pql.Binding;

namespace Muster.Engine.Nodes;

/// <summary>
/// Sum, average, least or greatest value of the elements that satisfy all conditions; the last input is the value. Nulls are skipped.
/// </summary>
internal sealed class AggregateNode(Domain domain, Domain elements, Aggregate function, IReadOnlyList<Node> conditions, Node value, ValueKind kind)
    : Node(domain, kind, [.. conditions, value])
{
    public override string Text => $"{function} {elements.Text}[{Join(Inputs)}]:{Kind}";

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, elements);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Frame children = evaluator.FrameOf(elements);
        int[] offsets = RowPaths.Offsets(evaluator, children, frame);
        ulong[] selected = Selection.Narrow(evaluator, children, conditions, mask: null);
        Vector values = evaluator.Get(value);
        if (values.Validity is not null) Bitmaps.And(selected, values.Validity, children.Words);
        var output = new RowWriter(frame, Kind);
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

    private void Extreme(Vector values, ulong[] selected, int start, int end, int row, RowWriter output)
    {
        int best = -1;
        int wanted = function == Aggregate.Min ? -1 : 1;
        for (int i = Bitmaps.Next(selected, start, end); i >= 0; i = Bitmaps.Next(selected, i + 1, end))
            if (best < 0 || Math.Sign(Order(values, i, best)) == wanted) best = i;
        if (best < 0) return;
        switch (Kind)
        {
            case ValueKind.Bits: output.Set(row, values.IsTrue(best)); break;
            case ValueKind.Int64: output.Set(row, values.Longs[best]); break;
            case ValueKind.Double: output.Set(row, values.Doubles[best]); break;
            default: output.Set(row, values.TextAt(best)); break;
        }
    }

    private int Order(Vector values, int first, int second) => Kind switch
    {
        ValueKind.Bits => values.IsTrue(first).CompareTo(values.IsTrue(second)),
        ValueKind.Int64 => values.Longs[first].CompareTo(values.Longs[second]),
        ValueKind.Double => values.Doubles[first].CompareTo(values.Doubles[second]),
        _ => string.CompareOrdinal(values.TextAt(first), values.TextAt(second)),
    };
}
