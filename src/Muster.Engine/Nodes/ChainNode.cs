using Muster.Engine.Execution;
using Muster.Engine.Planning;
using Muster.Engine.Values;
using Muster.Pql.Binding;

namespace Muster.Engine.Nodes;

/// <summary>The distance of a step to the previous one: a comparison with a fixed number of milliseconds.</summary>
internal sealed record ChainGap(ComparisonOperator Comparison, long Milliseconds);

/// <summary>
/// One step of a chain: its conditions, over the events, how many matches it wants (1 or more; 1 with a gap), and its distance to the
/// step before.
/// </summary>
internal sealed record ChainStep(IReadOnlyList<Node> Conditions, int Count, ChainGap? Gap);

/// <summary>
/// Steps that follow one another in strictly increasing time. Events of a row are sorted by time, those without one match nothing.
/// Without a
/// gap the earliest matches are the best; with one, the events that can end each step are found step by step.
/// </summary>
internal sealed class ChainNode(Domain domain, Domain events, Node time, IReadOnlyList<ChainStep> steps)
    : Node(domain, ValueKind.Bits, [time, .. steps.SelectMany(step => step.Conditions)])
{
    private readonly bool _hasGap = steps.Any(step => step.Gap is not null);

    public override string Text => $"chain {events.Text} by #{time.Id} [{string.Join("; ", steps.Select(StepText))}]";

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, events);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        Frame children = evaluator.FrameOf(events);
        int[] parents = RowPaths.Parents(evaluator, children, frame), offsets = RowPaths.Offsets(evaluator, children, frame);
        Vector times = evaluator.Get(time);
        var matches = new ulong[steps.Count][];
        for (int i = 0; i < matches.Length; i++)
        {
            matches[i] = Selection.Narrow(evaluator, children, steps[i].Conditions, times.Validity);
            if (Bitmaps.IsEmpty(matches[i], children.Words)) return new Vector { Bits = bits };
        }
        int position = 0;
        while ((position = Bitmaps.Next(matches[0], position, children.Count)) >= 0)
        {
            int row = parents[position], end = offsets[row + 1];
            if (_hasGap ? FollowsWithGaps(matches, times.Longs, position, end) : Follows(matches, times.Longs, position, end)) Bitmaps.Set(bits, row);
            position = end;
        }
        return new Vector { Bits = bits };
    }

    private static string StepText(ChainStep step) =>
        $"{step.Count} x ({Join(step.Conditions)}){(step.Gap is null ? "" : $" gap {step.Gap.Comparison} {step.Gap.Milliseconds} ms")}";

    private bool Follows(ulong[][] matches, long[] times, int start, int end)
    {
        int position = start;
        for (int step = 0; step < matches.Length; step++)
        {
            // Events at the same instant as the previous step's do not follow it.
            if (step > 0)
            {
                long previous = times[position - 1];
                while (position < end && times[position] <= previous) position++;
            }
            for (int count = 0; count < steps[step].Count; count++)
            {
                int found = Bitmaps.Next(matches[step], position, end);
                if (found < 0) return false;
                position = found + 1;
            }
        }
        return true;
    }

    // ends: the times at which the steps so far can end, rising.
    private bool FollowsWithGaps(ulong[][] matches, long[] times, int start, int end)
    {
        var ends = new List<long>();
        int seen = 0;
        for (int i = Bitmaps.Next(matches[0], start, end); i >= 0; i = Bitmaps.Next(matches[0], i + 1, end))
            if (++seen >= steps[0].Count) ends.Add(times[i]);
        for (int step = 1; step < matches.Length && ends.Count > 0; step++) ends = NextEnds(steps[step], matches[step], times, start, end, ends);
        return ends.Count > 0;
    }

    private static List<long> NextEnds(ChainStep step, ulong[] matches, long[] times, int start, int end, List<long> previous)
    {
        var ends = new List<long>();
        int before = 0, seen = 0;
        for (int i = Bitmaps.Next(matches, start, end); i >= 0; i = Bitmaps.Next(matches, i + 1, end))
        {
            while (before < previous.Count && previous[before] < times[i]) before++;
            if (before == 0) continue;
            // Matches after the earliest end of the previous step count; with a gap one is enough, measured from any end before it.
            seen++;
            if (step.Gap is null ? seen >= step.Count : Reaches(step.Gap, times[i], previous, before)) ends.Add(times[i]);
        }
        return ends;
    }

    private static bool Reaches(ChainGap gap, long time, List<long> previous, int count)
    {
        bool Holds(int index) => ValueRules.Holds(gap.Comparison, ((Int128)time).CompareTo((Int128)previous[index] + gap.Milliseconds));
        // Distances fall along the list, so an end of it decides, but for equality.
        if (gap.Comparison != ComparisonOperator.Equal) return Holds(0) || Holds(count - 1);
        return (Int128)time - gap.Milliseconds is var wanted && wanted >= long.MinValue && wanted <= long.MaxValue
            && previous.BinarySearch(0, count, (long)wanted, null) >= 0;
    }
}
