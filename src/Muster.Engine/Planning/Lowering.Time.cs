using Muster.Engine.Nodes;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

internal sealed partial class Lowering
{
    private LoweredScalar Occurs(LoweredScalar timestamp, TimeWindow window, Scope scope)
    {
        if (IsNull(timestamp)) return False();
        if (timestamp.Type.Kind == TypeKind.Date) timestamp = Convert(timestamp, DataType.Timestamp);
        if (timestamp.Type.Kind != TypeKind.Timestamp) throw new NotVectorisedException("A time of an open type.");
        LoweredScalar? count = window.Comparison is null || window.Count is null ? null : ScalarOf(window.Count, scope);
        LoweredScalar? first = ReferenceOf(window.Reference, scope);
        LoweredScalar? second = window.Second is null ? null : ReferenceOf(window.Second, scope);
        List<LoweredScalar> parts = new[] { timestamp, count, first, second }.OfType<LoweredScalar>().ToList();
        if (parts.Exists(IsNull) || window.Comparison is not null && count is null) return False();
        if (count is { Type.Kind: not TypeKind.Integer }) throw new NotVectorisedException("A count of an open type.");
        Slot slot = Meet(parts, scope.Current);
        return Bits(new OccursNode(slot.Domain, Lift(timestamp, slot), window.Relation, window.Comparison, count is null ? null : Lift(count, slot),
            window.Unit, Reference(window.Reference, first, slot)!, Reference(window.Second, second, slot)), slot);
    }

    private LoweredScalar? ReferenceOf(TimeReference reference, Scope scope)
    {
        if (reference is not ExpressionReference { Expression: var expression }) return null;
        LoweredScalar value = ScalarOf(expression, scope);
        if (!IsNull(value) && !value.Type.IsTemporal) throw new NotVectorisedException("A time of an open type.");
        return value;
    }

    private WindowReference? Reference(TimeReference? reference, LoweredScalar? value, Slot slot) => reference switch
    {
        null => null,
        PeriodReference period => new WindowReference(period, null, IsDay: false),
        _ => new WindowReference(null, Lift(value!, slot), value!.Type.Kind == TypeKind.Date),
    };

    private LoweredScalar Chain(BoundChain node, Scope scope)
    {
        try
        {
            return Sequence(node, scope);
        }
        catch (NotVectorisedException) when (NestedChain.Of(node) is not null)
        {
            return Quantification(NestedChain.Of(node)!, scope);
        }
    }

    private LoweredScalar Sequence(BoundChain node, Scope scope)
    {
        Slot ambient = Ambient(node, scope);
        Entered rows = EnterClause(node.Source, scope with { Current = ambient });
        RequireElements(rows.Slot, ambient);
        // Only events of the profile are stored in the order of their time.
        if (node.Timestamp is not BoundField { Name: "timestamp", Target: BoundVariable item } || item.Variable != node.Item
            || rows.Slot.Domain.Path != ProfileSchema.EventArray || rows.Slot.Parent != _root)
            throw new NotVectorisedException("A chain of elements that are not sorted by time.");
        LoweredScalar time = ScalarOf(node.Timestamp, rows.Scope.With(node.Item, rows.Item));
        if (IsNull(time)) throw new NotVectorisedException("A chain without times.");
        List<ChainStep> steps = node.Steps.Select((step, i) => Step(step, i == 0 ? null : node.Steps[i - 1], rows, time)).ToList();
        if (node.Steps is [{ } only])
            return CountWithin(ambient, rows.Slot, [.. steps[0].Conditions, Valid(time).Node], only.MinimumCount, only.MaximumCount ?? long.MaxValue);
        return Bits(new ChainNode(ambient.Domain, rows.Slot.Domain, time.Node, steps), ambient);
    }

    private ChainStep Step(BoundChainStep step, BoundChainStep? previous, Entered rows, LoweredScalar time)
    {
        // The items of other steps have no meaning here, so a condition that refers to one is not vectorised; only a distance in time is.
        Scope scope = rows.Scope.With(step.Item, rows.Item);
        List<LoweredScalar> conditions = [.. rows.Conditions, Truth(step.What, scope)];
        BoundGap? gap = previous is null ? null : step.Gap;
        TimeWindow? window = step.When;
        if (gap is null && previous is not null && window is not null && DistanceTo(previous, window) is { } distance) (gap, window) = (distance, null);
        if (window is not null) conditions.Add(Occurs(time, window, scope));
        return new ChainStep(Flatten(conditions.Select(condition => Lift(condition, rows.Slot))), step.MinimumCount, step.MaximumCount,
            gap is null ? null : Gap(gap));
    }

    // "<= n units after the previous label" bounds the distance to the previous step, which has an event if it wants one.
    private static BoundGap? DistanceTo(BoundChainStep previous, TimeWindow window)
    {
        if (previous.MaximumCount is not null || previous.MinimumCount < 1) return null;
        bool isDistance = window is { Relation: TimeRelation.After, Count: not null, Comparison: not null and not ComparisonOperator.Equal and not ComparisonOperator.NotEqual };
        return isDistance && window.Reference is ExpressionReference { Expression: BoundField { Name: "timestamp", Target: BoundVariable target } } && target.Variable == previous.Item
            ? new BoundGap(window.Comparison!.Value, window.Count!, window.Unit)
            : null;
    }

    private static ChainGap Gap(BoundGap gap) => gap.Count is BoundConstant { Value: long count }
        ? new ChainGap(gap.Comparison, count, gap.Unit)
        : throw new NotVectorisedException("A gap of varying length.");

    private LoweredScalar CountWithin(Slot ambient, Slot rows, List<Node> conditions, long least, long most)
    {
        if (least > most) return False();
        CountBetweenNode Between(long from, long to) => new(ambient.Domain, rows.Domain, Flatten(conditions), from, to);
        if (least >= 1) return Bits(Between(least, most), ambient);
        // A range that holds 0 is everything but the counts above it.
        return most == long.MaxValue ? True() : Not(Bits(Between(most + 1, long.MaxValue), ambient));
    }
}
