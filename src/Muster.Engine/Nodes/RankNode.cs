using Muster.Engine.Execution;
using Muster.Engine.Planning;

namespace Muster.Engine.Nodes;

/// <summary>
/// The place of each element among the first ones of its row by a key, from 0; null for elements that are not among them. Stable; elements
/// without a key come last.
/// </summary>
/// <param name="owners">Whose elements are ranked together.</param>
/// <param name="elements">What is ranked.</param>
/// <param name="conditions">Over the elements; others have no place.</param>
/// <param name="key">Over the elements.</param>
/// <param name="count">How many have a place: over the owners, whole numbers.</param>
/// <param name="isDescending">Greatest first.</param>
/// <param name="order">The order of elements with equal keys, over the elements; null for the order of the data.</param>
internal sealed class RankNode(Domain owners, Domain elements, IReadOnlyList<Node> conditions, Node key, Node count, bool isDescending,
    Node? order)
    : Node(elements, ValueKind.Int64, [.. conditions, key, count, .. order is null ? (Node[])[] : [order]])
{
    // So many are found by keeping the best ones in order; more by sorting the row's elements.
    private const int FewPlaces = 16;

    public override string Text =>
        $"{(isDescending ? "top" : "bottom")} #{count.Id} of {owners.Text} by #{key.Id}[{Join(conditions)}]{(order is null ? "" : $" after #{order.Id}")}";

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, Domain);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Frame parents = evaluator.FrameOf(owners);
        int[] offsets = RowPaths.Offsets(evaluator, frame, parents);
        Vector counts = evaluator.Get(count), keys = evaluator.Get(key);
        Vector? before = order is null ? null : evaluator.Get(order);
        ulong[]? selected = Selection.All(evaluator, frame, conditions);
        ulong[] validity = frame.Arena.Bitmap(frame.Count);
        long[] places = frame.Arena.Longs(frame.Count);
        int[] best = frame.Arena.Ints(frame.Count);
        Comparison<int> comparison = (a, b) => Compare(keys, before, a, b);
        for (int row = 0; row < parents.Count; row++)
        {
            if (!counts.IsValid(row) || counts.Longs[row] <= 0) continue;
            int most = (int)Math.Min(counts.Longs[row], offsets[row + 1] - offsets[row]);
            int found = most <= FewPlaces
                ? Keep(keys, before, selected, offsets[row], offsets[row + 1], most, best)
                : Sort(comparison, selected, offsets[row], offsets[row + 1], most, best);
            for (int place = 0; place < found; place++)
            {
                Bitmaps.Set(validity, best[place]);
                places[best[place]] = place;
            }
        }
        return new Vector { Longs = places, Validity = validity };
    }

    private int Keep(Vector keys, Vector? before, ulong[]? selected, int start, int end, int most, int[] best)
    {
        int found = 0;
        for (int i = start; i < end; i++)
        {
            if (selected is not null && (i = Bitmaps.Next(selected, i, end)) < 0) break;
            if (found == most && Compare(keys, before, i, best[found - 1]) >= 0) continue;
            int place = found < most ? found++ : found - 1;
            for (; place > 0 && Compare(keys, before, i, best[place - 1]) < 0; place--) best[place] = best[place - 1];
            best[place] = i;
        }
        return found;
    }

    private static int Sort(Comparison<int> comparison, ulong[]? selected, int start, int end, int most, int[] best)
    {
        int found = 0;
        for (int i = start; i < end; i++)
        {
            if (selected is not null && (i = Bitmaps.Next(selected, i, end)) < 0) break;
            best[found++] = i;
        }
        best.AsSpan(0, found).Sort(comparison);
        return Math.Min(found, most);
    }

    private int Compare(Vector keys, Vector? before, int first, int second)
    {
        bool hasFirst = keys.IsValid(first), hasSecond = keys.IsValid(second);
        int order = hasFirst && hasSecond ? RowOrder.Compare(keys, key.Kind, first, second) : 0;
        if (isDescending) order = -order;
        if (hasFirst != hasSecond) order = hasFirst ? -1 : 1;
        if (order == 0 && before is not null) order = before.Longs[first].CompareTo(before.Longs[second]);
        return order != 0 ? order : first.CompareTo(second);
    }
}
