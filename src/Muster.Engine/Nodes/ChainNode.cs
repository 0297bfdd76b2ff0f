using Muster.Engine.Execution;
using Muster.Engine.Planning;

namespace Muster.Engine.Nodes;

/// <summary>One step of a chain: its conditions, over the events, and how many matches it wants (1 or more).</summary>
internal sealed record ChainStep(IReadOnlyList<Node> Conditions, int Count);

/// <summary>
/// Steps that follow one another in strictly increasing time, without a reference from one to another: taking the earliest matches is then
/// enough. Events of a row are sorted by time, those without one match nothing.
/// </summary>
internal sealed class ChainNode(Domain domain, Domain events, Node time, IReadOnlyList<ChainStep> steps)
    : Node(domain, ValueKind.Bits, [time, .. steps.SelectMany(step => step.Conditions)])
{
    public override string Text => $"chain {events.Text} by #{time.Id} [{string.Join("; ", steps.Select(s => $"{s.Count} x ({Join(s.Conditions)})"))}]";

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
            if (Follows(matches, times.Longs, position, end)) Bitmaps.Set(bits, row);
            position = end;
        }
        return new Vector { Bits = bits };
    }

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
}
