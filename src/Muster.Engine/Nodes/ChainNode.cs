using Muster.Engine.Execution;
using Muster.Engine.Planning;

namespace Muster.Engine.Nodes;

/// <summary>
/// Steps that follow one another in strictly increasing time. Events of a row are sorted by time, those without one match nothing. Without
/// gaps and bounded counts the earliest matches are the best; otherwise the events that can end each step are found step by step.
/// </summary>
internal sealed class ChainNode(Domain domain, Domain events, Node time, IReadOnlyList<ChainStep> steps)
    : Node(domain, ValueKind.Bits, [time, .. steps.SelectMany(step => step.Conditions)])
{
    private readonly bool _isPlain = steps.All(step => step.Gap is null && !step.IsBounded);

    public IReadOnlyList<ChainStep> Steps => steps;

    public override string Text =>
        $"chain {events.Text} by #{time.Id} [{string.Join("; ", steps.Select(step => step.Text(Join(step.Conditions))))}]";

    public override long WorkOf(Evaluator evaluator, Frame frame) => evaluator.FrameOf(events).Words * Inputs.Count;

    public override void Request(Columns.ColumnRequest profiles) => RequestPath.Of(profiles, events);

    public override Vector Evaluate(Evaluator evaluator, Frame frame)
    {
        ulong[] bits = frame.Arena.Bitmap(frame.Count);
        Frame children = evaluator.FrameOf(events);
        int[] offsets = RowPaths.Offsets(evaluator, children, frame);
        Vector times = evaluator.Get(time);
        var matches = new ulong[steps.Count][];
        for (int i = 0; i < matches.Length; i++)
        {
            matches[i] = Selection.Narrow(evaluator, children, steps[i].Conditions, times.Validity);
            if (steps[i].Least > 0 && Bitmaps.IsEmpty(matches[i], children.Words)) return new Vector { Bits = bits };
        }
        ChainWalk walk = evaluator.State(this, () => new ChainWalk());
        long before = walk.Steps, plain = 0;
        int rarest = RarestStep(matches, children.Words);
        if (rarest < 0)
        {
            for (int row = 0; row < frame.Count; row++)
                if (Walks(walk, matches, times.Longs, offsets[row], offsets[row + 1])) Bitmaps.Set(bits, row);
        }
        else
        {
            int[] parents = RowPaths.Parents(evaluator, children, frame);
            int position = 0;
            while ((position = Bitmaps.Next(matches[rarest], position, children.Count)) >= 0)
            {
                int row = parents[position], start = offsets[row], end = offsets[row + 1];
                if (_isPlain ? Follows(matches, times.Longs, start, end, ref plain) : Walks(walk, matches, times.Longs, start, end))
                    Bitmaps.Set(bits, row);
                position = end;
            }
        }
        evaluator.Spend(this, walk.Steps - before + plain);
        return new Vector { Bits = bits };
    }

    // Only rows with a match of each step that wants one need to be walked, so the step with the fewest matches leads; -1 if none wants
    // one.
    private int RarestStep(ulong[][] matches, int words)
    {
        int rarest = -1, fewest = int.MaxValue;
        for (int i = 0; i < matches.Length; i++)
        {
            if (steps[i].Least < 1) continue;
            int count = Bitmaps.Count(matches[i], words);
            if (count < fewest) (rarest, fewest) = (i, count);
        }
        return rarest;
    }

    private bool Follows(ulong[][] matches, long[] times, int start, int end, ref long work)
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
            for (int count = 0; count < steps[step].Least; count++)
            {
                work++;
                int found = Bitmaps.Next(matches[step], position, end);
                if (found < 0) return false;
                position = found + 1;
            }
        }
        return true;
    }

    private bool Walks(ChainWalk walk, ulong[][] matches, long[] times, int start, int end)
    {
        walk.Start();
        for (int step = 0; step < steps.Count && walk.IsAlive; step++)
        {
            walk.Matches.Clear();
            for (int i = Bitmaps.Next(matches[step], start, end); i >= 0; i = Bitmaps.Next(matches[step], i + 1, end))
                walk.Matches.Add(times[i]);
            walk.Take(steps[step]);
        }
        return walk.IsAlive;
    }
}
