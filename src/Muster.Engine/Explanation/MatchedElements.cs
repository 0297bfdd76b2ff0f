using Muster.Engine.Values;
using Muster.Pql.Binding;

namespace Muster.Engine.Explanation;

/// <summary>Finds the elements that matched the clauses of quantifiers and aggregates, and the steps of sequences.</summary>
internal sealed class MatchedElements(BoundValues values)
{
    public IReadOnlyList<ExplainedStep> Of(BoundExpression expression, Bindings bindings) => expression switch
    {
        BoundQuantification quantification => [OfClause(quantification.Clauses[0], bindings)],
        BoundSelect select => [OfClause(select.Clauses[0], bindings)],
        BoundAggregate aggregate => [OfClause(aggregate.Clauses[0], bindings)],
        BoundChain chain => OfSteps(chain, bindings),
        _ => [],
    };

    /// <summary>The items of a clause that satisfy it, with their places in the innermost array that is filtered.</summary>
    public List<(int Index, object? Item)> Matching(BoundClause clause, Bindings bindings, out int looked)
    {
        // A filter as the source is part of the question: its array is what is looked at.
        if (clause is { Source: BoundSelect { Clauses: [var inner] } })
        {
            List<(int Index, object? Item)> filtered = Matching(inner, bindings, out looked);
            return clause.Predicate is null ? filtered
                : filtered.FindAll(found => values.IsTrue(clause.Predicate, bindings.With(clause.Variable, found.Item)));
        }
        IReadOnlyList<object?> items = values.Items(clause.Source, bindings);
        looked = items.Count;
        var matching = new List<(int, object?)>();
        for (int i = 0; i < items.Count; i++)
            if (clause.Predicate is null || values.IsTrue(clause.Predicate, bindings.With(clause.Variable, items[i])))
                matching.Add((i, items[i]));
        return matching;
    }

    /// <summary>The events that match a step by themselves, by time.</summary>
    public List<(int Index, object? Item, long Time)> Matching(BoundChain chain, BoundChainStep step, Bindings bindings, out int looked)
    {
        IReadOnlyList<object?> items = values.Items(chain.Source, bindings);
        looked = items.Count;
        var matching = new List<(int Index, object? Item, long Time)>();
        for (int i = 0; i < items.Count; i++)
        {
            if (ValueRules.ToInstant(values.Of(chain.Timestamp, bindings.With(chain.Item, items[i]))) is not { } time) continue;
            Bindings inner = bindings.With(step.Item, items[i]);
            if (!values.IsTrue(step.What, inner)) continue;
            if (step.When is { } window
                && !values.IsTrue(new BoundOccurs(chain.Timestamp, window, chain.Span), inner.With(chain.Item, items[i]))) continue;
            matching.Add((i, items[i], time));
        }
        matching.Sort((a, b) => a.Time.CompareTo(b.Time) is not 0 and var order ? order : a.Index.CompareTo(b.Index));
        return matching;
    }

    private ExplainedStep OfClause(BoundClause clause, Bindings bindings)
    {
        List<(int Index, object? Item)> matching = Matching(clause, bindings, out int looked);
        return new ExplainedStep(clause.Variable.Name, looked, matching.Count,
            matching.Take(ProfileExplainer.MostElements).Select(found => Element(found.Index, found.Item)).ToArray());
    }

    // A window may be measured from the label of an earlier step: that step's event is then its first match after the steps before it.
    private List<ExplainedStep> OfSteps(BoundChain chain, Bindings bindings)
    {
        var steps = new List<ExplainedStep>();
        long? previous = null;
        foreach (BoundChainStep step in chain.Steps)
        {
            List<(int Index, object? Item, long Time)> matching = Matching(chain, step, bindings, out int looked)
                .FindAll(found => previous is null || found.Time > previous);
            steps.Add(new ExplainedStep(
                step.Item.Name, looked, matching.Count,
                    matching.Take(ProfileExplainer.MostElements).Select(found => Element(found.Index, found.Item)).ToArray()));
            object? chosen = matching.Count == 0 ? null : matching[Math.Clamp(step.MinimumCount - 1, 0, matching.Count - 1)].Item;
            if (matching.Count > 0) previous = matching[Math.Clamp(step.MinimumCount - 1, 0, matching.Count - 1)].Time;
            bindings = bindings.With(step.Item, chosen);
        }
        return steps;
    }

    private static ExplainedElement Element(int index, object? item)
    {
        var element = item as ObjectValue;
        return new ExplainedElement(index, element?["_id"] as string, ValueRules.ToInstant(element?["timestamp"]), Wording.OfValue(item));
    }
}
