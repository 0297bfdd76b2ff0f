using Muster.Engine.Nodes;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

/// <summary>Groups are rows of their own between the row that owns the elements and the elements.</summary>
internal sealed partial class Lowering
{
    private Entered EnterGrouping(BoundGrouping node, Scope scope)
    {
        Slot ambient = scope.Current;
        Entered rows = EnterClause(node.Source, scope);
        RequireElements(rows.Slot, ambient);
        if (rows.Order is not null) throw new NotVectorisedException("Groups of a sorted array.");
        LoweredScalar key = ScalarOf(node.Key, rows.Scope.With(node.Item, rows.Item));
        if (IsNull(key)) throw new NotVectorisedException("Groups by nothing.");
        Node by = Lift(key, rows.Slot);
        var slot = new Slot(_graph.Groups(ambient.Domain, rows.Slot.Domain,
            new Grouping(Conditions(ambient, rows.Slot, rows.Conditions), by)), ambient, null);
        LoweredScalar ofGroup = Scalar(_graph.Add(new GatherNode(slot.Domain, by, GatherKind.Inner)), key.Type, slot);
        return new Entered(scope with { Current = slot }, new LoweredGroup(rows, ofGroup, slot), []);
    }

    private Entered EnterItems(LoweredGroupItems items, Scope scope)
    {
        if (items.Slot != scope.Current) throw new NotVectorisedException("Items of another group.");
        var slot = new Slot(_graph.ItemsOf(items.Slot.Domain), items.Slot, items.Group.Elements.Slot);
        return items.Group.Elements with { Scope = scope with { Current = slot }, Conditions = [] };
    }

    private LoweredScalar Exists(LoweredGroupItems items)
    {
        var slot = new Slot(_graph.ItemsOf(items.Slot.Domain), items.Slot, items.Group.Elements.Slot);
        return Bits(new CountBetweenNode(items.Slot.Domain, slot.Domain, [], 1, long.MaxValue), items.Slot);
    }

    /// <summary>The entries of a map made of groups by their own keys, which are distinct.</summary>
    private Entered EnterMade(BoundMapConstruction node, Scope scope, bool isKeys)
    {
        (Entered groups, LoweredScalar key) = Made(node, scope);
        if (isKeys) return groups with { Item = key };
        return groups with { Item = Lower(node.Value, groups.Scope.With(node.Item, groups.Item)) };
    }

    private LoweredScalar ValueOfMade(BoundMapConstruction node, BoundExpression wanted, Scope scope)
    {
        Slot ambient = Ambient(node, scope);
        (Entered groups, LoweredScalar key) = Made(node, scope with { Current = ambient });
        if (wanted is not BoundConstant { Value: string text }) throw new NotVectorisedException("A key that differs from row to row.");
        LoweredScalar value = ScalarOf(node.Value, groups.Scope.With(node.Item, groups.Item));
        if (IsNull(value)) return Null();
        LoweredScalar isWanted = Compare(ComparisonOperator.Equal, key, ConstantOf(text, DataType.String), false, groups.Slot);
        return Scalar(
            _graph.Add(new PickNode(ambient.Domain, groups.Slot.Domain, Conditions(ambient, groups.Slot, [isWanted]),
                Lift(value, groups.Slot))), value.Type, ambient);
    }

    private (Entered Groups, LoweredScalar Key) Made(BoundMapConstruction node, Scope scope)
    {
        // Different values have different texts, so converting a key keeps it distinct.
        BoundExpression own = node.Key is BoundConversion { Type.Kind: TypeKind.String } conversion ? conversion.Operand : node.Key;
        if (own is not BoundField { Name: "key", Target: BoundVariable item } || item.Variable != node.Item)
            throw new NotVectorisedException("Keys that may be equal.");
        Entered groups = EnterClause(node.Source, scope);
        if (groups.Item is not LoweredGroup group) throw new NotVectorisedException("A map of no groups.");
        return (groups, Convert(group.Key, DataType.String));
    }
}
