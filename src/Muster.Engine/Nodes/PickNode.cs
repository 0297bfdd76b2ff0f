using Muster.Engine.Execution;
using Muster.Engine.Planning;

namespace Muster.Engine.Nodes;

/// <summary>The value of the last element that satisfies all conditions; null if none does.</summary>
internal sealed class PickNode(Domain owners, Domain elements, IReadOnlyList<Node> conditions, Node value)
    : Node(owners, value.Kind, [.. conditions, value])
{
    public override string Text => $"pick {elements.Text}[{Join(conditions)}] #{value.Id}";

    public override long WorkOf(Evaluator evaluator, Frame frame) => frame.Count + evaluator.FrameOf(elements).Count;

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, elements);

    public override IEnumerable<Node> AllInputs() => base.AllInputs().Concat(Conditions(elements));

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Frame children = evaluator.FrameOf(elements);
        int[] offsets = RowPaths.Offsets(evaluator, children, frame), rows = frame.Arena.Ints(frame.Count);
        ulong[] selected = Selection.Narrow(evaluator, children, conditions, mask: null);
        for (int row = 0; row < frame.Count; row++)
        {
            rows[row] = -1;
            for (int i = Bitmaps.Next(selected, offsets[row], offsets[row + 1]); i >= 0; i = Bitmaps.Next(selected, i + 1,
                offsets[row + 1])) rows[row] = i;
        }
        return Gathering.Gather(evaluator.Get(value), Kind, rows, frame);
    }
}
