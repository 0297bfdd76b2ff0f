using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Pql.Binding;
using Muster.Pql.Time;

namespace Muster.Engine.Nodes;

/// <summary>What a window refers to: a period around now (no node), or a node of timestamps or days.</summary>
internal sealed record WindowReference(PeriodReference? Period, Node? Node, bool IsDay)
{
    public string Text => Node is null ? $"period{Period!.Offset:+0;-0;+0} {Period.Unit}" : (IsDay ? "day #" : "#") + Node.Id;

    /// <summary>The interval if it is the same in all rows.</summary>
    public bool TryGetConstant(long now, out TimeInterval? interval)
    {
        interval = null;
        switch (Node)
        {
            case null:
                interval = TimeInterval.OfPeriod(now, Period!.Offset, Period.Unit);
                return true;
            case RunTimeNode time:
                interval = Of(time.ValueAt(now));
                return true;
            case ConstantNode constant:
                interval = constant.Value is long value ? Of(value) : null;
                return true;
            default:
                return false;
        }
    }

    public TimeInterval Of(long value) => IsDay ? TimeInterval.OfDay(value) : TimeInterval.At(value);
}

/// <summary><c>occurs</c>: one comparison with a range of instants where the window is the same in all rows, else row by row.</summary>
internal sealed class OccursNode(
    Domain domain, Node timestamp, TimeRelation relation, ComparisonOperator? comparison, Node? count, TimeUnit unit, WindowReference reference, WindowReference? second)
    : Node(domain, ValueKind.Bits, [.. new[] { timestamp, count, reference.Node, second?.Node }.OfType<Node>()])
{
    public override string Text =>
        $"#{timestamp.Id} occurs {comparison} {(count is null ? "" : "#" + count.Id)} {unit} {relation} {reference.Text} {second?.Text}";

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        Vector times = evaluator.Get(timestamp);
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        if (TryGetConstant(evaluator.Now, out TimeRanges? ranges))
        {
            if (ranges is { } fixedRanges) WithinNode.Mark(times, fixedRanges, bits, frame);
            return new Vector { Bits = bits };
        }
        Vector? counts = count is null ? null : evaluator.Get(count);
        Func<int, TimeInterval?> first = IntervalsOf(evaluator, reference), last = second is null ? _ => null : IntervalsOf(evaluator, second);
        for (int i = 0; i < frame.Count; i++)
        {
            if (!times.IsValid(i) || counts?.IsValid(i) == false || first(i) is not { } start) continue;
            if (RangesOf(counts?.Longs[i], start, last(i)) is { } found && found.Contains(times.Longs[i])) Bitmaps.Set(bits, i);
        }
        return new Vector { Bits = bits };
    }

    private static Func<int, TimeInterval?> IntervalsOf(Evaluator evaluator, WindowReference reference)
    {
        if (reference.TryGetConstant(evaluator.Now, out TimeInterval? fixedInterval)) return _ => fixedInterval;
        Vector values = evaluator.Get(reference.Node!);
        return row => values.IsValid(row) ? reference.Of(values.Longs[row]) : null;
    }

    public TimeRelation Relation => relation;

    public ComparisonOperator? Comparison => comparison;

    public TimeUnit Unit => unit;

    /// <summary>The distance if it is the same in all rows.</summary>
    public long? ConstantCount => (count as ConstantNode)?.Value as long?;

    /// <summary>What the window refers to, if that is computed.</summary>
    public Node? ReferenceTime => reference.Node;

    public Node? SecondTime => second?.Node;

    public bool IsDay => reference.IsDay;

    /// <summary>True if the window needs no instant of the run to be known.</summary>
    public bool IsFixed => IsFixedReference(reference) && (second is null || IsFixedReference(second)) && count is null or ConstantNode;

    /// <summary>The instants of the window if they are the same in all rows; null ranges stand for no instant at all.</summary>
    public bool TryGetConstant(long now, out TimeRanges? ranges)
    {
        ranges = null;
        TimeInterval? last = null;
        if (count is not null and not ConstantNode || !reference.TryGetConstant(now, out TimeInterval? first)) return false;
        if (second is not null && !second.TryGetConstant(now, out last)) return false;
        long? distance = (count as ConstantNode)?.Value as long?;
        if (first is { } start) ranges = RangesOf(distance, start, last);
        return true;
    }

    private static bool IsFixedReference(WindowReference window) => window.Node is ConstantNode;

    private TimeRanges? RangesOf(long? distance, TimeInterval first, TimeInterval? last)
    {
        if (comparison is { } wanted) return distance is { } units ? TimeRanges.Of(relation, wanted, units, unit, first) : null;
        if (relation != TimeRelation.Between) return TimeRanges.Of(relation, first);
        return last is { } end ? TimeRanges.Of(relation, first, end) : null;
    }
}
