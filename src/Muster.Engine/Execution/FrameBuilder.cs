using Muster.Engine.Columns;
using Muster.Engine.Planning;

namespace Muster.Engine.Execution;

/// <summary>Makes the frames of array elements and map entries from the levels of a block.</summary>
internal static class FrameBuilder
{
    public static Frame Elements(Evaluator evaluator, Domain domain, Frame parent, long stamp)
    {
        (Level? level, int[]? ownerRows) = evaluator.Locate(domain.Source!);
        Level? elements = level?.FindChild(domain.Path);
        int[]? stored = elements?.Offsets;
        if (elements is null || stored is null)
        {
            int[] none = parent.Arena.Ints(parent.Count + 1);
            none.AsSpan(0, parent.Count + 1).Clear();
            return new Frame(domain, 0, stamp, parent.Arena) { ParentStamp = parent.Stamp, Offsets = none, ParentCount = parent.Count };
        }
        if (ownerRows is null)
            return new Frame(domain, elements.Count, stamp, parent.Arena)
            {
                ParentStamp = parent.Stamp,
                Level = elements,
                Offsets = stored,
                ParentCount = parent.Count,
            };
        return Selected(domain, parent, elements, stored, ownerRows, stamp);
    }

    private static Frame Selected(Domain domain, Frame parent, Level elements, int[] stored, int[] ownerRows, long stamp)
    {
        int[] offsets = parent.Arena.Ints(parent.Count + 1);
        int count = 0;
        for (int row = 0; row < parent.Count; row++)
        {
            offsets[row] = count;
            if (ownerRows[row] is >= 0 and var owner) count += stored[owner + 1] - stored[owner];
        }
        offsets[parent.Count] = count;
        int[] levelRows = parent.Arena.Ints(count);
        for (int row = 0; row < parent.Count; row++)
            if (ownerRows[row] is >= 0 and var owner)
                for (int i = 0; i < stored[owner + 1] - stored[owner]; i++) levelRows[offsets[row] + i] = stored[owner] + i;
        return new Frame(domain, count, stamp, parent.Arena)
        {
            ParentStamp = parent.Stamp,
            Level = elements,
            LevelRows = levelRows,
            Offsets = offsets,
            ParentCount = parent.Count,
        };
    }
}
