using Muster.Engine.Values;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Interpreter;

public sealed partial class ProfileInterpreter
{
    // A null array acts as an empty one; the elements of a map are its values.
    private IReadOnlyList<object?> Items(BoundExpression source) => Value(source) switch
    {
        IReadOnlyList<object?> array => array,
        MapValue map => map.Entries.Select(entry => entry.Value).ToArray(),
        _ => Empty,
    };

    private bool Holds(BoundClause clause) => clause.Predicate is null || IsTrue(clause.Predicate);

    /// <summary>Sets the variables of the clauses to each satisfying binding in turn.</summary>
    private IEnumerable<int> Bindings(IReadOnlyList<BoundClause> clauses, int first = 0)
    {
        if (first == clauses.Count)
        {
            yield return first;
            yield break;
        }
        foreach (object? item in Items(clauses[first].Source))
        {
            _variables[clauses[first].Variable] = item;
            if (!Holds(clauses[first])) continue;
            foreach (int depth in Bindings(clauses, first + 1)) yield return depth;
        }
    }

    private bool Quantification(BoundQuantification node) => node.Quantifier switch
    {
        Quantifier.Some => Bindings(node.Clauses).Any(),
        Quantifier.None => !Bindings(node.Clauses).Any(),
        Quantifier.All => AllHold(node.Clauses, 0),
        _ => CountFirst(node.Clauses) == 1,
    };

    private bool AllHold(IReadOnlyList<BoundClause> clauses, int first)
    {
        if (first == clauses.Count) return true;
        foreach (object? item in Items(clauses[first].Source))
        {
            _variables[clauses[first].Variable] = item;
            if (!Holds(clauses[first]) || !AllHold(clauses, first + 1)) return false;
        }
        return true;
    }

    private int CountFirst(IReadOnlyList<BoundClause> clauses)
    {
        int count = 0;
        foreach (object? item in Items(clauses[0].Source))
        {
            _variables[clauses[0].Variable] = item;
            if (Holds(clauses[0]) && Bindings(clauses, 1).Any()) count++;
        }
        return count;
    }

    private object?[] Select(BoundSelect node) => Bindings(node.Clauses).Select(_ => node.Clauses.Count == 1
        ? _variables[node.Clauses[0].Variable]
        : (object)node.Clauses.Select(clause => _variables[clause.Variable]).ToArray()).ToArray();

    private object? AggregateOf(BoundAggregate node)
    {
        List<object?> values = Bindings(node.Clauses).Select(_ => node.Value is null ? _variables[node.Clauses[^1].Variable] : Value(node.Value)).ToList();
        List<object> present = values.OfType<object>().ToList();
        return node.Function switch
        {
            Aggregate.Count => (long)present.Count,
            Aggregate.CountWithNull => (long)values.Count,
            Aggregate.CountOnlyNull => (long)(values.Count - present.Count),
            Aggregate.DistinctCountWithNull => (long)Distinct(values).Count,
            Aggregate.Sum => Sum(present, node.Type),
            Aggregate.Average => Average(present),
            Aggregate.Min => Extreme(present, wanted: -1),
            _ => Extreme(present, wanted: 1),
        };
    }

    private static object? Sum(List<object> values, DataType type)
    {
        if (type.Kind != TypeKind.Double && values.All(value => value is long))
        {
            Int128 sum = 0;
            foreach (object value in values) sum += (long)value;
            return NumberRules.Fits(sum) ? (object)(long)sum : (double)sum;
        }
        double total = 0;
        foreach (object value in values)
            if (value is long or double) total += ValueRules.ToDouble(value);
        return double.IsFinite(total) ? total : null;
    }

    private static object? Average(List<object> values)
    {
        if (values.Count == 0) return null;
        double total = 0;
        foreach (object value in values)
            if (value is long or double) total += ValueRules.ToDouble(value);
        total /= values.Count;
        return double.IsFinite(total) ? total : null;
    }

    private static object? Extreme(List<object> values, int wanted)
    {
        object? best = null;
        foreach (object value in values)
            if (best is null || ValueRules.Order(value, best) is { } order && Math.Sign(order) == wanted) best = value;
        return best;
    }

    private static List<object?> Distinct(IReadOnlyList<object?> items)
    {
        var distinct = new List<object?>();
        foreach (object? item in items)
            if (!distinct.Exists(known => known is null ? item is null : item is not null && ValueRules.AreEqual(known, item))) distinct.Add(item);
        return distinct;
    }

    private List<object?> Mapping(BoundMapping node)
    {
        var result = new List<object?>();
        foreach (object? item in Items(node.Source))
        {
            _variables[node.Item] = item;
            object? value = Value(node.Body);
            if (!node.Flatten) result.Add(value);
            else if (value is IReadOnlyList<object?> array) result.AddRange(array.Where(inner => inner is not null));
            else if (value is not null) result.Add(value);
        }
        return result;
    }

    private object?[] Ranking(BoundRanking node)
    {
        var keyed = new List<(object? Key, object? Item)>();
        foreach (object? item in Items(node.Source))
        {
            _variables[node.Item] = item;
            keyed.Add((Value(node.Key), item));
        }
        int sign = node.Descending ? -1 : 1;
        var byKey = Comparer<object?>.Create((a, b) => a is null || b is null ? (a is null).CompareTo(b is null) : sign * (ValueRules.Order(a, b) ?? 0));
        long count = Value(node.Count) is long wanted ? Math.Clamp(wanted, 0, keyed.Count) : 0;
        return keyed.OrderBy(pair => pair.Key, byKey).Take((int)count).Select(pair => pair.Item).ToArray();
    }

    private object? SetOperationOf(BoundSetOperation node)
    {
        bool isTest = node.Operation != SetOperation.Intersection;
        if (Value(node.Left) is not IReadOnlyList<object?> left || Value(node.Right) is not IReadOnlyList<object?> right) return isTest ? false : Empty;
        return node.Operation switch
        {
            SetOperation.Intersects => left.Any(item => item is not null && ValueRules.Contains(right, item)),
            SetOperation.SubsetOf => ValueRules.IsSubset(left, right),
            SetOperation.SupersetOf => ValueRules.IsSubset(right, left),
            _ => Distinct(left.Where(item => item is not null && ValueRules.Contains(right, item)).ToArray()),
        };
    }

    private IEnumerable<(object Key, object? Item)> Keyed(BoundExpression source, Variable variable, BoundExpression key)
    {
        foreach (object? item in Items(source))
        {
            _variables[variable] = item;
            if (Value(key) is { } value) yield return (value, item);
        }
    }

    private object[] Grouping(BoundGrouping node)
    {
        var groups = new List<(object Key, List<object?> Items)>();
        foreach ((object key, object? item) in Keyed(node.Source, node.Item, node.Key))
        {
            int known = groups.FindIndex(group => ValueRules.AreEqual(group.Key, key));
            if (known < 0) groups.Add((key, [item]));
            else groups[known].Items.Add(item);
        }
        return groups.Select(group => (object)new ObjectValue(new Dictionary<string, object?> { ["key"] = group.Key, ["items"] = group.Items })).ToArray();
    }

    private MapValue MapConstruction(BoundMapConstruction node)
    {
        var entries = new List<KeyValuePair<string, object?>>();
        foreach ((object key, _) in Keyed(node.Source, node.Item, node.Key))
        {
            string name = Conversion.ToText(key) ?? "";
            entries.RemoveAll(entry => entry.Key == name);
            entries.Add(new(name, Value(node.Value)));
        }
        return new MapValue(entries);
    }
}
