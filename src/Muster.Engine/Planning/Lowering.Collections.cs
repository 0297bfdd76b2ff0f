using Muster.Engine.Execution;
using Muster.Engine.Nodes;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

internal sealed partial class Lowering
{
    /// <summary>
    /// Walks the elements of an array in a clause: within its own rows where it can be, paired with the current rows where it must be.
    /// </summary>
    private Entered EnterClause(BoundExpression source, Scope scope)
    {
        Slot ambient = Ambient(source, scope);
        Entered entered = Enter(source, scope with { Current = ambient });
        if (ambient == scope.Current) return entered with { Scope = scope with { Current = entered.Slot } };
        RequireElements(entered.Slot, ambient);
        var path = new List<GatherKind>();
        Domain pairs = _graph.Pairs(scope.Current.Domain, entered.Slot.Domain, ambient.Domain, PathTo(scope.Current, ambient, path));
        return entered with { Scope = scope with { Current = new Slot(pairs, scope.Current, entered.Slot) } };
    }

    private static List<GatherKind> PathTo(Slot from, Slot target, List<GatherKind> path)
    {
        while (from != target)
        {
            bool byParent = from.Parent?.LeadsTo(target) == true;
            path.Add(byParent ? from.ParentVia : GatherKind.Inner);
            from = byParent ? from.Parent! : from.Inner!;
        }
        return path;
    }

    private static void RequireElements(Slot slot, Slot ancestor)
    {
        for (Slot? at = slot; at != ancestor; at = at.Parent)
            if (at is null || at.Domain.IsPairs) throw new NotVectorisedException("Pairs within pairs.");
    }

    private Entered Enter(BoundExpression source, Scope scope)
    {
        switch (source)
        {
            case BoundSelect { Clauses: [var clause] }:
                Entered rows = EnterClause(clause.Source, scope);
                if (clause.Predicate is null) return rows;
                return rows with { Conditions = [.. rows.Conditions, Truth(clause.Predicate, rows.Scope.With(clause.Variable, rows.Item))] };
            case BoundMapping mapping:
                return EnterMapping(mapping, scope);
            case BoundRanking ranking:
                return EnterRanking(ranking, scope);
            case BoundDistinct distinct:
                return EnterDistinct(distinct.Source, scope, []);
            case BoundSetOperation { Operation: SetOperation.Intersection } intersection:
                return EnterDistinct(intersection.Left, scope,
                    [item => Valid(item), item => MemberOf(item, intersection.Right, scope with { Current = item.Slot })]);
            case BoundGrouping grouping:
                return EnterGrouping(grouping, scope);
            case BoundMapConstruction made:
                return EnterMade(made, scope, isKeys: false);
            case BoundMapParts { Target: BoundMapConstruction made } parts:
                return EnterMade(made, scope, isKeys: !parts.Values);
            case BoundMapParts { Target: BoundGrouping grouping, Values: false }:
                Entered groups = EnterGrouping(grouping, scope);
                return groups with { Item = ((LoweredGroup)groups.Item).Key };
            case BoundMapParts parts when Lower(parts.Target, scope) is LoweredElements map:
                return EnterElements(map, scope, parts.Values ? "value" : "key");
            case BoundSelect or BoundMapParts:
                throw new NotVectorisedException("Tuples, or parts of a computed map.");
        }
        return Lower(source, scope) switch
        {
            LoweredElements elements => EnterElements(elements, scope, elements.Type.Kind == TypeKind.Map ? "value" : ""),
            LoweredSequence sequence => EnterSequence(sequence, scope),
            LoweredGroupItems items => EnterItems(items, scope),
            _ => throw new NotVectorisedException($"{source.GetType().Name} is no stored array."),
        };
    }

    private Entered EnterSequence(LoweredSequence sequence, Scope scope)
    {
        Entered entered = EnterClause(sequence.Expression, sequence.Scope with { Current = scope.Current });
        return entered with { Scope = scope with { Current = entered.Slot } };
    }

    private Entered EnterElements(LoweredElements elements, Scope scope, string path)
    {
        if (elements.Slot != scope.Current) throw new NotVectorisedException("An array of other rows.");
        var slot = new Slot(_graph.Elements(elements.Source, elements.Path), elements.Slot, null);
        DataType type = path == "key" ? DataType.String : elements.Type.Element!;
        return new Entered(scope with { Current = slot }, At(_graph.Own(slot.Domain), path, type, slot), []);
    }

    private Entered EnterMapping(BoundMapping mapping, Scope scope)
    {
        Entered rows = EnterClause(mapping.Source, scope);
        Scope inner = rows.Scope.With(mapping.Item, rows.Item);
        if (mapping.Flatten && mapping.Body.Type.Kind == TypeKind.Array)
        {
            Entered parts = EnterClause(mapping.Body, inner);
            // Parts of one element stay together, so they may take its place in the order; parts that are sorted among themselves may not.
            if (parts.Order is not null) throw new NotVectorisedException("Sorted parts of several elements.");
            LoweredScalar? order = rows.Order is null ? null : Scalar(Lift(rows.Order, parts.Slot), rows.Order.Type, parts.Slot);
            return parts with { Conditions = [.. rows.Conditions, .. parts.Conditions, .. ItemPresent(parts.Item)], Order = order };
        }
        Lowered item = Lower(mapping.Body, inner);
        return rows with { Item = item, Conditions = mapping.Flatten ? [.. rows.Conditions, .. ItemPresent(item)] : rows.Conditions };
    }

    private LoweredScalar[] ItemPresent(Lowered item) => item switch
    {
        LoweredElements or LoweredSequence or LoweredGroupItems => throw new NotVectorisedException("Arrays as items."),
        _ => [Present(item)],
    };

    private LoweredScalar Exists(BoundExpression source, Scope scope, Func<Entered, LoweredScalar>? condition)
    {
        Slot ambient = Ambient(source, scope);
        Entered rows = EnterClause(source, scope with { Current = ambient });
        return ExistsRows(ambient, rows.Slot, condition is null ? rows.Conditions : [.. rows.Conditions, condition(rows)], scope.Current);
    }

    private LoweredScalar ExistsIn(BoundExpression array, Scope scope, Func<LoweredScalar, Slot, LoweredScalar> test)
    {
        Entered rows = EnterClause(array, scope);
        LoweredScalar item = rows.Item as LoweredScalar ?? throw new NotVectorisedException("Objects in a list.");
        return ExistsRows(scope.Current, rows.Slot, [.. rows.Conditions, test(item, rows.Slot)], scope.Current);
    }

    private LoweredScalar ArrayPresent(BoundExpression array, Scope scope) => Lower(array, scope) switch
    {
        LoweredElements elements => HasElement(elements),
        LoweredSequence or LoweredGroupItems => True(),
        _ => throw new NotVectorisedException("Presence of a list."),
    };

    /// <summary>
    /// True for rows of <paramref name="ambient"/> that have a row of <paramref name="rows"/> which satisfies all conditions.
    /// </summary>
    private LoweredScalar ExistsRows(Slot ambient, Slot rows, IReadOnlyList<LoweredScalar> conditions, Slot current)
    {
        // What does not depend on the elements is asked once for the row they belong to.
        List<LoweredScalar> outer = conditions.Where(condition => ambient.LeadsTo(condition.Slot)).ToList();
        List<LoweredScalar> inner = conditions.Where(condition => !ambient.LeadsTo(condition.Slot)).ToList();
        outer.Add(rows.Domain.IsPairs
            ? Scalar(PairsCount(ambient, rows, inner, existsOnly: true), DataType.Boolean, ambient)
            : Bits(new CountBetweenNode(ambient.Domain, rows.Domain, Conditions(ambient, rows, inner), 1, long.MaxValue), ambient));
        return Combine(isAnd: true, outer, current);
    }

    private List<Node> Conditions(Slot ambient, Slot rows, IReadOnlyList<LoweredScalar> conditions)
    {
        RequireElements(rows, ambient);
        return Flatten(conditions.Select(condition => Lift(condition, rows)));
    }

    // Equalities first: they leave the fewest rows for what follows.
    private static List<Node> Flatten(IEnumerable<Node> conditions) => conditions
        .SelectMany(node => node is AndNode ? node.Inputs : [node])
        .Where(node => node is not ConstantNode { Value: true })
        .Distinct().OrderBy(node => node is TextEqualNode ? 0 : 1).ThenBy(node => node.Id).ToList();

    private PairsCountNode PairsCount(Slot ambient, Slot pairs, IReadOnlyList<LoweredScalar> conditions, bool existsOnly, LoweredScalar? weight = null)
    {
        if (pairs.Parent != ambient) throw new NotVectorisedException("Pairs within pairs.");
        List<LoweredScalar> ofInner = conditions.Where(c => pairs.Inner!.LeadsTo(c.Slot)).ToList();
        List<Node> ofPairs = Flatten(conditions.Where(c => !pairs.Inner!.LeadsTo(c.Slot)).Select(c => Lift(c, pairs)));
        // What is a window in time is found by searching, not by trying each pair.
        // So is what turns out to depend on one of the two rows alone.
        List<Node> inner = Flatten(ofInner.Select(c => Lift(c, pairs.Inner!)).Concat(Alone(ofPairs, GatherKind.Inner)));
        List<Node> outer = Alone(ofPairs, GatherKind.Outer);
        ofPairs.RemoveAll(node => node is GatherNode);
        ILookup<bool, (Node Condition, PairsWindow? Window)> parts = ofPairs.Select(node => (node, PairsWindow.Of(node, pairs.Domain)))
            .ToLookup(part => part.Item2 is not null);
        return _graph.Intern(new PairsCountNode(
            pairs.Domain, outer, inner, parts[true].Select(part => part.Window!).ToArray(),
            parts[false].Select(part => part.Condition).ToArray(), existsOnly, weight is null ? null : Lift(weight, pairs)));
    }

    private static List<Node> Alone(List<Node> ofPairs, GatherKind via) =>
        ofPairs.OfType<GatherNode>().Where(node => node.Via == via).Select(node => node.Inputs[0]).ToList();

    private LoweredScalar Quantification(BoundQuantification node, Scope scope)
    {
        Scope ambient = scope with { Current = Ambient(node, scope) };
        return node.Quantifier switch
        {
            Quantifier.Some => Some(node.Clauses, 0, ambient),
            Quantifier.None => Not(Some(node.Clauses, 0, ambient)),
            Quantifier.All => All(node.Clauses, 0, ambient),
            _ => One(node.Clauses, ambient),
        };
    }

    private LoweredScalar Some(IReadOnlyList<BoundClause> clauses, int index, Scope scope)
    {
        if (index == clauses.Count) return True();
        scope = scope with { Current = AmbientOf(clauses, index, scope) };
        Entered rows = EnterClause(clauses[index].Source, scope);
        Scope inner = rows.Scope.With(clauses[index].Variable, rows.Item);
        return ExistsRows(scope.Current, rows.Slot, [.. rows.Conditions, Holds(clauses[index], inner), Some(clauses, index + 1, inner)], scope.Current);
    }

    private LoweredScalar All(IReadOnlyList<BoundClause> clauses, int index, Scope scope)
    {
        if (index == clauses.Count) return True();
        scope = scope with { Current = AmbientOf(clauses, index, scope) };
        Entered rows = EnterClause(clauses[index].Source, scope);
        Scope inner = rows.Scope.With(clauses[index].Variable, rows.Item);
        LoweredScalar holds = Combine(isAnd: true, [Holds(clauses[index], inner), All(clauses, index + 1, inner)], inner.Current);
        return Not(ExistsRows(scope.Current, rows.Slot, [.. rows.Conditions, Not(holds)], scope.Current));
    }

    private LoweredScalar One(IReadOnlyList<BoundClause> clauses, Scope scope)
    {
        Entered rows = EnterClause(clauses[0].Source, scope);
        Scope inner = rows.Scope.With(clauses[0].Variable, rows.Item);
        LoweredScalar count = CountRows(scope.Current, rows.Slot, [.. rows.Conditions, Holds(clauses[0], inner), Some(clauses, 1, inner)]);
        return Compare(ComparisonOperator.Equal, count, ConstantOf(1L, DataType.Integer), false, scope.Current);
    }

    private LoweredScalar Holds(BoundClause clause, Scope scope) => clause.Predicate is null ? True() : Truth(clause.Predicate, scope);

    private LoweredScalar CountRows(Slot ambient, Slot rows, IReadOnlyList<LoweredScalar> conditions) => Scalar(
        rows.Domain.IsPairs
            ? PairsCount(ambient, rows, conditions, existsOnly: false)
            : _graph.Add(new CountNode(ambient.Domain, rows.Domain, Conditions(ambient, rows, conditions))),
        DataType.Integer, ambient);

    private LoweredScalar AggregateOf(BoundAggregate node, Scope scope)
    {
        if (TuplesOf(node) is { } tuples) return TupleTotal(node, tuples, scope);
        BoundClause clause = node.Clauses[0];
        Slot ambient = Ambient(node, scope);
        if (node is { Function: Aggregate.Count, Value: null } && clause is { Predicate: null, Source: BoundDistinct distinct })
            return DistinctCount(EnterClause(distinct.Source, scope with { Current = ambient }), ambient);
        Entered rows = EnterClause(clause.Source, scope with { Current = ambient });
        Scope inner = rows.Scope.With(clause.Variable, rows.Item);
        List<LoweredScalar> conditions = [.. rows.Conditions, Holds(clause, inner)];
        return AggregateRows(node, ambient, rows, conditions, node.Value is null ? rows.Item : Lower(node.Value, inner));
    }

    private LoweredScalar AggregateRows(BoundAggregate node, Slot ambient, Entered rows, List<LoweredScalar> conditions, Lowered item)
    {
        switch (node.Function)
        {
            case Aggregate.Count: return CountRows(ambient, rows.Slot, [.. conditions, .. ItemPresent(item)]);
            case Aggregate.CountWithNull: return CountRows(ambient, rows.Slot, conditions);
            case Aggregate.CountOnlyNull: return CountRows(ambient, rows.Slot, [.. conditions, .. ItemPresent(item).Select(Not)]);
            case Aggregate.DistinctCountWithNull when item is LoweredScalar found:
                return CountRows(ambient, rows.Slot, [.. conditions, FirstOccurrence(ambient, rows.Slot, conditions, found)]);
            case Aggregate.DistinctCountWithNull: throw new NotVectorisedException("Distinct objects.");
        }
        if (item is not LoweredScalar value || IsNull(value) || rows.Slot.Domain.IsPairs || !node.Type.IsScalar) throw new NotVectorisedException("An aggregate of no numbers.");
        if (node.Function is Aggregate.Sum or Aggregate.Average && !value.Type.IsNumeric) throw new NotVectorisedException("A sum of no numbers.");
        if (node.Function is Aggregate.Min or Aggregate.Max && node.Type.Kind != value.Type.Kind) throw new NotVectorisedException("An extreme of another type.");
        if (node.Function == Aggregate.Sum && node.Type.Kind == TypeKind.Integer && value.Type.Kind != TypeKind.Integer) throw new NotVectorisedException("A sum of another type.");
        bool isOrdered = rows.Order is not null && node.Function is Aggregate.Sum or Aggregate.Average && node.Type.Kind == TypeKind.Double;
        Node aggregate = new AggregateNode(
            ambient.Domain, rows.Slot.Domain, node.Function, Conditions(ambient, rows.Slot, conditions), Lift(value, rows.Slot),
                ScalarBox.KindOf(node.Type.Kind),
            isOrdered && rows.Order is { } order ? Lift(order, rows.Slot) : null);
        return Scalar(_graph.Add(aggregate), node.Type, ambient);
    }

    private LoweredScalar DistinctCount(Entered rows, Slot ambient)
    {
        if (rows.Item is not LoweredScalar value || IsNull(value) || rows.Slot.Domain.IsPairs) throw new NotVectorisedException("Distinct objects.");
        Node count = new DistinctCountNode(ambient.Domain, rows.Slot.Domain, Conditions(ambient, rows.Slot, rows.Conditions), Lift(value, rows.Slot));
        return Scalar(_graph.Add(count), DataType.Integer, ambient);
    }

    private Lowered Head(BoundHead node, Scope scope)
    {
        Slot ambient = Ambient(node, scope);
        Entered rows = EnterClause(node.Source, scope with { Current = ambient });
        if (rows.Slot.Domain.IsPairs) throw new NotVectorisedException("The head of pairs.");
        RowSource own = _graph.Own(rows.Slot.Domain);
        Node? order = rows.Order is null ? null : Lift(rows.Order, rows.Slot);
        RowSource first = _graph.First(ambient.Domain, own, Conditions(ambient, rows.Slot, rows.Conditions), order);
        return rows.Item switch
        {
            LoweredRow row when row.Source == own => new LoweredRow(first, row.Path, row.Type, ambient),
            LoweredElements elements when elements.Source == own => new LoweredElements(first, elements.Path, elements.Type, ambient),
            LoweredScalar { Node: ColumnNode column } scalar when column.Source == own => Scalar(_graph.Add(new ColumnNode(first, column.Name, column.Kind)), scalar.Type, ambient),
            _ => throw new NotVectorisedException("The head of what is computed."),
        };
    }

    private LoweredScalar SetOperationOf(BoundSetOperation node, Scope scope)
    {
        (BoundExpression inner, BoundExpression outer) = node.Operation == SetOperation.SupersetOf ? (node.Right, node.Left) : (node.Left, node.Right);
        if (node.Operation == SetOperation.Intersection || inner is BoundConstant && outer is BoundConstant) throw new NotVectorisedException("A set of members.");
        if (node.Operation == SetOperation.Intersects) return inner is BoundConstant ? AnyIn(outer, inner, scope) : AnyIn(inner, outer, scope);
        if (inner is BoundConstant { Value: IReadOnlyList<object?> wanted })
        {
            List<LoweredScalar> all = wanted.OfType<object>().Select(item => ExistsIn(outer, scope, (member, slot) => InConstants(member, [item], false, slot))).ToList();
            return Combine(isAnd: true, [ArrayPresent(outer, scope), .. all], scope.Current);
        }
        LoweredScalar stray = ExistsIn(inner, scope, (item, slot) =>
            Combine(isAnd: true, [Valid(item), Not(MemberOf(item, outer, scope with { Current = slot }))], slot));
        LoweredScalar outerPresent = outer is BoundConstant { Value: var list } ? list is null ? False() : True() : ArrayPresent(outer, scope);
        return Combine(isAnd: true, [ArrayPresent(inner, scope), outerPresent, Not(stray)], scope.Current);
    }

    private LoweredScalar AnyIn(BoundExpression stored, BoundExpression other, Scope scope) =>
        ExistsIn(stored, scope, (item, slot) => MemberOf(item, other, scope with { Current = slot }));

    private LoweredScalar MemberOf(LoweredScalar item, BoundExpression array, Scope scope)
    {
        if (array is BoundConstant constant) return constant.Value is IReadOnlyList<object?> items ? InConstants(item, items, false, scope.Current) : False();
        return ExistsIn(array, scope, (member, slot) => Compare(ComparisonOperator.Equal, member, item, false, slot));
    }
}
