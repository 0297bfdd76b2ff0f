using Muster.Pql.Binding;
using Muster.Pql.Time;

namespace Muster.Engine.Explanation;

/// <summary>Says which step of a sequence is missing, and when its event would have to come.</summary>
internal sealed class ChainMiss(BoundValues values, Wording wording)
{
    public Miss Of(BoundChain chain, Bindings bindings)
    {
        // The longest beginning that is satisfied: after it something is missing.
        int done = chain.Steps.Count - 1;
        while (done > 0 && !values.IsTrue(chain with { Steps = chain.Steps.Take(done).ToArray() }, bindings)) done--;
        BoundChainStep step = chain.Steps[done];
        var elements = new MatchedElements(values);
        long? earliest = null, latest = null;
        Bindings at = bindings;
        foreach (BoundChainStep before in chain.Steps.Take(done))
        {
            List<(int Index, object? Item, long Time)> matching = elements.Matching(chain, before, at, out _)
                .FindAll(found => earliest is null || found.Time > earliest);
            int needed = Math.Max(1, before.MinimumCount);
            if (matching.Count >= needed) (earliest, latest) = (matching[needed - 1].Time, matching[^1].Time);
            at = at.With(before.Item, matching.Count >= needed ? matching[needed - 1].Item : null);
        }
        int found = elements.Matching(chain, step, at, out _).Count(match => earliest is null || match.Time > earliest);
        string noun = $"event with {wording.Of(step.What)}";
        if (step.MaximumCount is { } most && found > most)
            return new Miss(found - most, $"step {step.Item.Name} may match {most} times at most and matches {found} times: {noun}");
        string after = earliest is { } time ? " after " + Wording.OfInstant(time) : "";
        bool isWithin = step.Gap is { Comparison: ComparisonOperator.Less or ComparisonOperator.LessOrEqual };
        string until = isWithin && latest is { } last && step.Gap!.Count is BoundConstant { Value: long count }
            ? " before " + Wording.OfInstant(Calendar.Shift(last, count, step.Gap.Unit))
            : "";
        string window = step.When is { } when && wording.OfSpan(when.Span) is { } written ? " " + written : "";
        int missing = Math.Max(1, step.MinimumCount - found) + chain.Steps.Skip(done + 1).Sum(next => Math.Max(1, next.MinimumCount));
        return new Miss(missing, $"step {step.Item.Name}: one {(found == 0 ? "" : "more ")}{noun}{window}{after}{until}");
    }
}
