using Muster.Engine.Columns;
using Muster.Engine.Planning;

namespace Muster.Engine.Execution;

/// <summary>Finds the level rows that a map key or the head of an array stands for.</summary>
internal static class RowLocator
{
    public static (Level? Level, int[]? Rows) Entries(Evaluator evaluator, EntryRows source, Frame frame)
    {
        (Level? ownerLevel, int[]? ownerRows) = evaluator.Locate(source.Owner);
        Level? entries = ownerLevel?.FindChild(source.Path);
        int[] rows = frame.Arena.Ints(frame.Count);
        rows.AsSpan(0, frame.Count).Fill(-1);
        if (entries?.Offsets is not { } offsets || entries.FindColumn("key") is not CodedColumn keys || !keys.Dictionary.TryGetCode(source.Key, out int code))
            return (null, rows);
        for (int row = 0; row < frame.Count; row++)
        {
            int owner = ownerRows is null ? row : ownerRows[row];
            if (owner < 0) continue;
            for (int entry = offsets[owner]; entry < offsets[owner + 1]; entry++)
            {
                if (keys.Codes[entry] != code || !keys.IsValid(entry)) continue;
                rows[row] = entry;
                break;
            }
        }
        return (entries, rows);
    }

    public static (Level? Level, int[]? Rows) Firsts(Evaluator evaluator, FirstRows source, Frame frame)
    {
        (Level? level, int[]? levelRows) = evaluator.Locate(source.Elements);
        Frame elements = evaluator.FrameOf(source.Elements.Domain);
        int[] rows = frame.Arena.Ints(frame.Count);
        int[] offsets = RowPaths.Offsets(evaluator, elements, frame);
        ulong[]? selected = Selection.All(evaluator, elements, source.Filters);
        for (int row = 0; row < frame.Count; row++)
        {
            int first = source.Order is not null ? Least(evaluator.Get(source.Order).Longs, selected, offsets[row], offsets[row + 1])
                : selected is null
                ? offsets[row] < offsets[row + 1] ? offsets[row] : -1
                : Bitmaps.Next(selected, offsets[row], offsets[row + 1]);
            rows[row] = first < 0 || levelRows is null ? first : levelRows[first];
        }
        return (level, rows);
    }

    private static int Least(long[] places, ulong[]? selected, int start, int end)
    {
        int least = -1;
        for (int i = start; i < end; i++)
        {
            if (selected is not null && (i = Bitmaps.Next(selected, i, end)) < 0) break;
            if (least < 0 || places[i] < places[least]) least = i;
        }
        return least;
    }
}
