using Muster.Engine.Planning;

namespace Muster.Engine.Execution;

/// <summary>Makes the frames of groups and of their items. Groups are in the order of their first elements, items in that of the
/// elements.</summary>
internal static class GroupBuilder
{
    public static Frame Groups(Evaluator evaluator, Domain domain, Grouping grouping, Frame parent, long stamp)
    {
        Frame elements = evaluator.FrameOf(domain.Inner!);
        int[] elementOffsets = RowPaths.Offsets(evaluator, elements, parent);
        Vector keys = evaluator.Get(grouping.Key);
        ulong[] selected = Selection.Narrow(evaluator, elements, grouping.Conditions, keys.Validity);
        int[]? codes = grouping.Key.Kind == ValueKind.Text ? DistinctCodes.Of(keys, elements) : null;
        Arena arena = parent.Arena;
        int[] offsets = arena.Ints(parent.Count + 1), groupOf = arena.Ints(elements.Count), firsts = arena.Ints(elements.Count);
        int[] itemOffsets = arena.Ints(elements.Count + 2), items = arena.Ints(elements.Count);
        itemOffsets.AsSpan(0, elements.Count + 2).Clear();
        var known = new Dictionary<long, int>();
        int count = 0;
        for (int row = 0; row < parent.Count; row++)
        {
            offsets[row] = count;
            known.Clear();
            int end = elementOffsets[row + 1];
            for (int i = Bitmaps.Next(selected, elementOffsets[row], end); i >= 0; i = Bitmaps.Next(selected, i + 1, end))
            {
                long key = DistinctCodes.KeyOf(keys, grouping.Key.Kind, codes, i);
                if (!known.TryGetValue(key, out int group))
                {
                    group = count++;
                    known.Add(key, group);
                    firsts[group] = i;
                }
                groupOf[i] = group;
                // The size of each group two places on: the sums below make starts of them, and filling moves these on to where groups
                // start.
                itemOffsets[group + 2]++;
            }
        }
        offsets[parent.Count] = count;
        for (int group = 2; group <= count; group++) itemOffsets[group] += itemOffsets[group - 1];
        for (int i = Bitmaps.Next(selected, 0, elements.Count); i >= 0; i = Bitmaps.Next(selected, i + 1, elements.Count))
            items[itemOffsets[groupOf[i] + 1]++] = i;
        return new Frame(domain, count, stamp, arena)
        {
            ParentStamp = parent.Stamp,
            ParentCount = parent.Count,
            Offsets = offsets,
            InnerRows = firsts,
            ItemOffsets = itemOffsets,
            ItemRows = items,
        };
    }

    public static Frame Items(Domain domain, Frame groups, long stamp) => new(domain, groups.ItemOffsets[groups.Count], stamp, groups.Arena)
    {
        ParentStamp = groups.Stamp,
        ParentCount = groups.Count,
        Offsets = groups.ItemOffsets,
        InnerRows = groups.ItemRows,
    };
}
