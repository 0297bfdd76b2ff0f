using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Pql.Time;

namespace Muster.Engine.Nodes;

/// <summary>A time in one or two ranges of instants, or in none of them.</summary>
internal sealed class WithinNode(Node timestamp, TimeRanges ranges) : Node(timestamp.Domain, ValueKind.Bits, [timestamp])
{
    public TimeRanges Ranges => ranges;

    public override string Text =>
        $"#{Inputs[0].Id} {(ranges.Negated ? "not " : "")}within {TextOf(ranges.A)}{(ranges.B.IsEmpty ? "" : " or " + TextOf(ranges.B))}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        Mark(evaluator.Get(Inputs[0]), ranges, bits, frame);
        return new Vector { Bits = bits };
    }

    /// <summary>Sets the bits of the rows whose time is in the ranges; the bitmap is zero before.</summary>
    public static void Mark(Vector times, TimeRanges ranges, ulong[] bits, Frame frame)
    {
        if (!ranges.A.IsEmpty) NumberKernel.Within(times.Longs, ranges.A.First, ranges.A.Last, bits, frame.Count);
        if (!ranges.B.IsEmpty) NumberKernel.Within(times.Longs, ranges.B.First, ranges.B.Last, bits, frame.Count);
        if (ranges.Negated) Bitmaps.Not(bits, frame.Count);
        if (times.Validity is not null) Bitmaps.And(bits, times.Validity, frame.Words);
    }

    private static string TextOf(TimeRange range) =>
        $"[{(range.First == long.MinValue ? "" : range.First)}..{(range.Last == long.MaxValue ? "" : range.Last)}]";
}
