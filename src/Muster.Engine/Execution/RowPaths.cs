
namespace Muster.Engine.Execution;

/// <summary>Leads rows of a deeper frame to a wider one and back, over several levels.</summary>
internal static class RowPaths
{
    /// <summary>
    /// For each row of <paramref name="ancestor"/> the first of its rows in <paramref name="descendant"/>; elements only, no pairs
    /// between.
    /// </summary>
    public static int[] Offsets(Evaluator evaluator, Frame descendant, Frame ancestor)
    {
        Frame parent = evaluator.FrameOf(descendant.Domain.Parent!);
        if (parent.Domain == ancestor.Domain) return descendant.Offsets;
        if (descendant.Composed.TryGetValue((ancestor.Domain.Id, true), out int[]? known)) return known;
        int[] outer = Offsets(evaluator, parent, ancestor);
        int[] composed = ancestor.Arena.Ints(ancestor.Count + 1);
        for (int i = 0; i <= ancestor.Count; i++) composed[i] = descendant.Offsets[outer[i]];
        descendant.Composed.Add((ancestor.Domain.Id, true), composed);
        return composed;
    }

    /// <summary>
    /// For each row of <paramref name="descendant"/> the row of <paramref name="ancestor"/>; elements only, no pairs between.
    /// </summary>
    public static int[] Parents(Evaluator evaluator, Frame descendant, Frame ancestor)
    {
        Frame parent = evaluator.FrameOf(descendant.Domain.Parent!);
        if (parent.Domain == ancestor.Domain) return descendant.ParentRows;
        if (descendant.Composed.TryGetValue((ancestor.Domain.Id, false), out int[]? known)) return known;
        int[] outer = Parents(evaluator, parent, ancestor);
        int[] composed = descendant.Arena.Ints(descendant.Count);
        int[] direct = descendant.ParentRows;
        for (int i = 0; i < descendant.Count; i++) composed[i] = outer[direct[i]];
        descendant.Composed.Add((ancestor.Domain.Id, false), composed);
        return composed;
    }
}
