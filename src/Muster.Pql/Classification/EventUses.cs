using Muster.Pql.Binding;
using Muster.Pql.Diagnostics;
using Muster.Pql.Types;

namespace Muster.Pql.Classification;

/// <summary>One question about events.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Events">How many events in sequence it asks for; 0 if events are counted or aggregated.</param>
/// <param name="IsNegated">Whether it asks for absence.</param>
/// <param name="OpenParts">Its parts whose events have no window of at most a day.</param>
internal sealed record EventUse(TextSpan Span, int Events, bool IsNegated, IReadOnlyList<TextSpan> OpenParts);

/// <summary>All questions about events in a query.</summary>
internal sealed class EventUses
{
    private readonly Variable _root;
    private readonly List<EventUse> _uses = [];

    private EventUses(Variable root) => _root = root;

    public IReadOnlyList<EventUse> Uses => _uses;

    public static EventUses Of(BoundQuery query)
    {
        EventUses uses = new(query.Root);
        uses.Visit(query.Body, isNegated: false);
        return uses;
    }

    private void Visit(BoundExpression node, bool isNegated)
    {
        switch (node)
        {
            case BoundNot not:
                Visit(not.Operand, !isNegated);
                return;
            case BoundChain chain when IsEvents(chain.Source):
                bool isCounted = chain.Steps.Any(step => step.MinimumCount != 1 || step.MaximumCount is not null);
                _uses.Add(new EventUse(chain.Span, isCounted ? 0 : chain.Steps.Count, isNegated, OpenSteps(chain)));
                foreach (BoundChainStep step in chain.Steps) Visit(step.What, isNegated);
                return;
            case BoundQuantification
            {
                Quantifier: Quantifier.Some or Quantifier.None,
                Clauses: [var clause]
            } quantification when EventsOf(clause.Source, out var filters):
                IEnumerable<BoundExpression> conditions = filters.Append(clause).Select(c => c.Predicate).OfType<BoundExpression>();
                bool isOpen = !conditions.SelectMany(Conjuncts)
                    .Any(c => c is BoundOccurs occurs && StreamingRules.IsWithinADay(occurs.Window) && IsTimeOfEvent(occurs));
                _uses.Add(new EventUse(node.Span, 1, isNegated != (quantification.Quantifier == Quantifier.None), isOpen ? [node.Span]
                    : []));
                foreach (BoundExpression condition in conditions) Visit(condition, isNegated);
                return;
            case BoundField field when IsEvents(field):
                _uses.Add(new EventUse(field.Span, 0, isNegated, []));
                return;
        }
        foreach (BoundExpression child in BoundTree.Children(node)) Visit(child, isNegated);
    }

    private bool IsEvents(BoundExpression node) =>
        node is BoundField { Name: ProfileSchema.EventArray, Target: BoundVariable target } && target.Variable == _root;

    /// <summary>The events themselves, or those that filters leave.</summary>
    private bool EventsOf(BoundExpression source, out List<BoundClause> filters)
    {
        filters = [];
        while (source is BoundSelect { Clauses: [var clause] })
        {
            filters.Add(clause);
            source = clause.Source;
        }
        return IsEvents(source);
    }

    private static IEnumerable<BoundExpression> Conjuncts(BoundExpression condition) =>
        condition is BoundLogical { IsAnd: true } all ? all.Operands.SelectMany(Conjuncts) : [condition];

    private static bool IsTimeOfEvent(BoundOccurs occurs) =>
        (occurs.Timestamp is BoundConversion conversion ? conversion.Operand
            : occurs.Timestamp) is BoundField { Target: BoundVariable { Variable.Role: VariableRole.Element } };

    // A step in a window after an earlier one is as near as that one.
    private static TextSpan[] OpenSteps(BoundChain chain)
    {
        HashSet<Variable> near = [];
        List<TextSpan> open = [];
        foreach (BoundChainStep step in chain.Steps)
        {
            bool isNear = step.When is { } window && (StreamingRules.IsWithinADay(window)
                || StreamingRules.IsWithinADayAfter(window, near));
            if (isNear) near.Add(step.Item);
            else open.Add(step.When?.Span ?? step.What.Span);
        }
        return [.. open];
    }
}
