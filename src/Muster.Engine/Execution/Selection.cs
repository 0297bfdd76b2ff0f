using Muster.Engine.Nodes;
using Muster.Engine.Planning;

namespace Muster.Engine.Execution;

/// <summary>Conjunctions of conditions over the rows of one frame.</summary>
internal static class Selection
{
    /// <summary>
    /// The rows that satisfy all conditions; null if there are no conditions. Expensive ones are evaluated last, for the rows that are
    /// left.
    /// The bitmap must not be written: it may be that of a condition.
    /// </summary>
    public static ulong[]? All(Evaluator evaluator, Frame frame, IReadOnlyList<Node> conditions)
    {
        if (conditions.Count == 0) return null;
        if (conditions.Count == 1) return evaluator.Get(conditions[0]).Bits;
        return Narrow(evaluator, frame, conditions, mask: null);
    }

    /// <summary>The rows of <paramref name="mask"/> (null: all) that satisfy all conditions, in a bitmap of its own.</summary>
    public static ulong[] Narrow(Evaluator evaluator, Frame frame, IReadOnlyList<Node> conditions, ulong[]? mask)
    {
        ulong[] rows = frame.Arena.Bitmap(frame.Count);
        if (mask is null) Bitmaps.Fill(rows, frame.Count);
        else mask.AsSpan(0, frame.Words).CopyTo(rows);
        bool hasExpensive = false;
        foreach (Node condition in conditions)
        {
            if (condition.IsExpensive) hasExpensive = true;
            else if (condition is NotNode && !evaluator.Has(condition, frame))
                Bitmaps.AndNot(rows, evaluator.Get(condition.Inputs[0]).Bits, frame.Words);
            else Bitmaps.And(rows, evaluator.Get(condition).Bits, frame.Words);
        }
        if (!hasExpensive) return rows;
        foreach (Node condition in conditions)
        {
            if (!condition.IsExpensive) continue;
            if (Bitmaps.IsEmpty(rows, frame.Words)) return rows;
            Bitmaps.And(rows, evaluator.Within(condition, frame, rows), frame.Words);
        }
        return rows;
    }
}
