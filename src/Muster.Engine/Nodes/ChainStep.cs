using Muster.Engine.Planning;
using Muster.Pql.Binding;
using Muster.Pql.Time;

namespace Muster.Engine.Nodes;

/// <summary>The distance of a step to the one before it.</summary>
internal sealed record ChainGap(ComparisonOperator Comparison, long Count, TimeUnit Unit)
{
    /// <summary>
    /// Which of the times from <paramref name="low"/> on, all after <paramref name="previous"/>, are at the distance: one or two ranges of
    /// indexes.
    /// </summary>
    public (Range First, Range Second) Within(List<long> times, int low, long previous)
    {
        long limit = Calendar.Shift(previous, Count, Unit);
        int before = Math.Max(low, Lower(times, limit)),
            after = limit == long.MaxValue ? times.Count : Math.Max(low, Lower(times, limit + 1));
        return Comparison switch
        {
            ComparisonOperator.Less => (low..before, 0..0),
            ComparisonOperator.LessOrEqual => (low..after, 0..0),
            ComparisonOperator.Greater => (after..times.Count, 0..0),
            ComparisonOperator.GreaterOrEqual => (before..times.Count, 0..0),
            ComparisonOperator.Equal => (before..after, 0..0),
            _ => (low..before, after..times.Count),
        };
    }

    /// <summary>The index of the first time that is not below a limit.</summary>
    private static int Lower(List<long> times, long limit)
    {
        int low = 0, high = times.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (times[middle] < limit) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}

/// <summary>One step of a chain.</summary>
/// <param name="Conditions">Over the events.</param>
/// <param name="Least">How many matches it wants.</param>
/// <param name="Most">How many it bears; null for any number: then one of the matches from the least on is the step's event.</param>
/// <param name="Gap">Its distance to the step before; null for any.</param>
internal sealed record ChainStep(IReadOnlyList<Node> Conditions, int Least, int? Most, ChainGap? Gap)
{
    /// <summary>
    /// True if all matches after the step before are counted and the last of them, if any, is the step's event; else the steps after it may
    /// begin at any match that has enough before it.
    /// </summary>
    public bool IsBounded => Most is not null || Least < 1;

    public string Text(string conditions) =>
        $"{Least}{(Most is null ? "" : ".." + Most)} x ({conditions}){(Gap is null ? "" : $" gap {Gap.Comparison} {Gap.Count} {Gap.Unit}")}";
}
