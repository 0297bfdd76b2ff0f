using Muster.Engine.Execution;
using Muster.Engine.Planning;

namespace Muster.Engine.Nodes;

/// <summary>True for the first element of its row, among those that satisfy all conditions, that has its value; null is a value
/// too.</summary>
internal sealed class FirstOccurrenceNode(Domain owners, Domain elements, IReadOnlyList<Node> conditions, Node value)
    : Node(elements, ValueKind.Bits, [.. conditions, value])
{
    public override string Text => $"first of each #{value.Id} of {owners.Text}[{Join(conditions)}]";

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, Domain);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        int[] offsets = RowPaths.Offsets(evaluator, frame, evaluator.FrameOf(owners));
        int parents = evaluator.FrameOf(owners).Count;
        Vector values = evaluator.Get(value);
        ulong[] bits = frame.Arena.Bitmap(frame.Count), selected = Selection.Narrow(evaluator, frame, conditions, mask: null);
        HashSet<long> seen = evaluator.State(this, () => new HashSet<long>());
        int[]? codes = value.Kind == ValueKind.Text ? DistinctCodes.Of(values, frame) : null;
        for (int row = 0; row < parents; row++)
        {
            seen.Clear();
            bool hasNull = false;
            int end = offsets[row + 1];
            for (int i = Bitmaps.Next(selected, offsets[row], end); i >= 0; i = Bitmaps.Next(selected, i + 1, end))
            {
                bool isFirst = values.IsValid(i) ? seen.Add(DistinctCodes.KeyOf(values, value.Kind, codes, i)) : !hasNull;
                hasNull |= !values.IsValid(i);
                if (isFirst) Bitmaps.Set(bits, i);
            }
        }
        return new Vector { Bits = bits };
    }
}
