using System.Text;
using Muster.Engine.Execution;
using Muster.Engine.Planning;

namespace Muster.Engine.Nodes;

/// <summary>The strings of a row's elements in their order with a separator between them; elements without one are left out.</summary>
/// <param name="owners">Whose elements.</param>
/// <param name="elements">The elements.</param>
/// <param name="conditions">Over the elements.</param>
/// <param name="text">Over the elements.</param>
/// <param name="separator">Over the owners; null gives null.</param>
/// <param name="isThere">Over the owners: whether there is an array at all; null if there always is.</param>
/// <param name="order">Over the elements: their order; null for that of the data.</param>
internal sealed class JoinNode(Domain owners, Domain elements, IReadOnlyList<Node> conditions, Node text, Node separator, Node? isThere,
    Node? order)
    : Node(owners, ValueKind.Text, [.. conditions, text, separator, .. new[] { isThere, order }.OfType<Node>()])
{
    public override string Text =>
        $"join {elements.Text}[{Join(conditions)}] #{text.Id} by #{separator.Id}{(isThere is null ? "" : $" if #{isThere.Id}")}{(order is null ? "" : $" in order of #{order.Id}")}";

    public override long WorkOf(Evaluator evaluator, Frame frame) => frame.Count + evaluator.FrameOf(elements).Count;

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, elements);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Frame children = evaluator.FrameOf(elements);
        int[] offsets = RowPaths.Offsets(evaluator, children, frame);
        ulong[] selected = Selection.Narrow(evaluator, children, conditions, mask: null);
        Vector texts = evaluator.Get(text), separators = evaluator.Get(separator);
        Vector? present = isThere is null ? null : evaluator.Get(isThere), places = order is null ? null : evaluator.Get(order);
        var output = new RowWriter(frame, Kind);
        var rows = new List<int>();
        var joined = new StringBuilder();
        if (texts.Validity is not null) Bitmaps.And(selected, texts.Validity, children.Words);
        for (int row = 0; row < frame.Count; row++)
        {
            if (!separators.IsValid(row) || present?.IsTrue(row) == false) continue;
            rows.Clear();
            for (int i = Bitmaps.Next(selected, offsets[row], offsets[row + 1]); i >= 0; i = Bitmaps.Next(selected, i + 1,
                offsets[row + 1])) rows.Add(i);
            if (places is not null) RowOrder.Sort(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows), places);
            joined.Clear();
            foreach (int i in rows)
            {
                if (joined.Length > 0 || i != rows[0]) joined.Append(separators.TextAt(row));
                joined.Append(texts.TextAt(i));
            }
            output.Set(row, joined.ToString());
        }
        return output.ToVector();
    }
}
