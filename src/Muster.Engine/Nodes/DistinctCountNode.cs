using Muster.Engine.Execution;
using Muster.Engine.Planning;

namespace Muster.Engine.Nodes;

/// <summary>
/// The number of different values among the elements that satisfy all conditions; nulls do not count. The last input is the value.
/// </summary>
internal sealed class DistinctCountNode(Domain domain, Domain elements, IReadOnlyList<Node> conditions, Node value)
    : Node(domain, ValueKind.Int64, [.. conditions, value])
{
    public override bool IsNeverNull => true;

    public override string Text => $"distinct {elements.Text}[{Join(Inputs)}]";

    public override long WorkOf(Evaluator evaluator, Frame frame) => frame.Count + evaluator.FrameOf(elements).Count;

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, elements);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Frame children = evaluator.FrameOf(elements);
        int[] offsets = RowPaths.Offsets(evaluator, children, frame);
        ulong[] selected = Selection.Narrow(evaluator, children, conditions, mask: null);
        Vector values = evaluator.Get(value);
        if (values.Validity is not null) Bitmaps.And(selected, values.Validity, children.Words);
        return new Vector
        {
            Longs = value.Kind switch
            {
                ValueKind.Bits => Count(frame, offsets, selected, values.IsTrue),
                ValueKind.Int64 => Count(frame, offsets, selected, row => values.Longs[row]),
                ValueKind.Double => Count(frame, offsets, selected, row => values.Doubles[row]),
                // Codes of a dictionary are as distinct as its strings; a computed table may repeat itself.
                _ when values.Dictionary is not null => Count(frame, offsets, selected, row => values.Codes[row]),
                _ => Count(frame, offsets, selected, values.TextAt),
            },
        };
    }

    private static long[] Count<T>(Frame frame, int[] offsets, ulong[] selected, Func<int, T> valueAt)
    {
        long[] counts = frame.Arena.Longs(frame.Count);
        var seen = new HashSet<T>();
        for (int row = 0; row < frame.Count; row++)
        {
            seen.Clear();
            int end = offsets[row + 1];
            for (int i = Bitmaps.Next(selected, offsets[row], end); i >= 0; i = Bitmaps.Next(selected, i + 1, end)) seen.Add(valueAt(i));
            counts[row] = seen.Count;
        }
        return counts;
    }
}
