using Muster.Pql.Binding;
using Muster.Pql.Time;

namespace Muster.Engine.Values;

/// <summary>What equality, order and presence of single values mean.</summary>
internal static class ValueRules
{
    private const string EventIdentity = "_id";

    /// <summary>True for everything but null; an array or map counts if it has an element.</summary>
    public static bool IsPresent(object? value) => value switch
    {
        null => false,
        bool truth => truth,
        IReadOnlyList<object?> array => array.Count > 0,
        _ => true,
    };

    /// <summary>A comparison; false if either side is null or the two have no order.</summary>
    public static bool Compare(ComparisonOperator comparison, object? left, object? right, bool ignoreCase)
    {
        if (left is null || right is null) return false;
        if (comparison == ComparisonOperator.Equal) return AreEqual(left, right, ignoreCase);
        if (comparison == ComparisonOperator.NotEqual) return !AreEqual(left, right, ignoreCase);
        return Order(left, right) is { } order && Holds(comparison, order);
    }

    /// <summary>Whether the sign of a three-way comparison satisfies the operator.</summary>
    public static bool Holds(ComparisonOperator comparison, int order) => comparison switch
    {
        ComparisonOperator.Equal => order == 0,
        ComparisonOperator.NotEqual => order != 0,
        ComparisonOperator.Less => order < 0,
        ComparisonOperator.LessOrEqual => order <= 0,
        ComparisonOperator.Greater => order > 0,
        _ => order >= 0,
    };

    /// <summary>Three-way order of two numbers, strings or times; null for any other pair.</summary>
    public static int? Order(object left, object right) => (left, right) switch
    {
        (long a, long b) => a.CompareTo(b),
        (long or double, long or double) => ToDouble(left).CompareTo(ToDouble(right)),
        (string a, string b) => string.CompareOrdinal(a, b),
        (Date a, Date b) => a.Days.CompareTo(b.Days),
        (Timestamp or Date, Timestamp or Date) => ToInstant(left)!.Value.CompareTo(ToInstant(right)!.Value),
        (bool a, bool b) => a.CompareTo(b),
        _ => null,
    };

    /// <summary>Equality of two values that are not null: arrays as sets, objects by their content, events by their identity.</summary>
    public static bool AreEqual(object left, object right, bool ignoreCase = false)
    {
        if (ReferenceEquals(left, right)) return true;
        switch (left, right)
        {
            case (string a, string b):
                return string.Equals(a, b, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
            case (IReadOnlyList<object?> a, IReadOnlyList<object?> b):
                return IsSubset(a, b, ignoreCase) && IsSubset(b, a, ignoreCase);
            case (ObjectValue a, ObjectValue b):
                if (a[EventIdentity] is { } id && b[EventIdentity] is { } other) return AreEqual(id, other);
                return a.Fields.Count == b.Fields.Count && a.Fields.All(f => f.Value is { } value && b[f.Key] is { } match && AreEqual(value, match));
            case (MapValue a, MapValue b):
                return a.Entries.Count == b.Entries.Count && a.Entries.All(e => e.Value is { } value && b[e.Key] is { } match && AreEqual(value, match));
            default:
                return Order(left, right) == 0;
        }
    }

    /// <summary>True if each member of <paramref name="inner"/> is in <paramref name="outer"/>; nulls are no members.</summary>
    public static bool IsSubset(IReadOnlyList<object?> inner, IReadOnlyList<object?> outer, bool ignoreCase = false) =>
        inner.All(item => item is null || Contains(outer, item, ignoreCase));

    /// <summary>True if a member of the array equals the value.</summary>
    public static bool Contains(IReadOnlyList<object?> array, object value, bool ignoreCase = false) =>
        array.Any(item => item is not null && AreEqual(value, item, ignoreCase));

    public static double ToDouble(object number) => number is long whole ? whole : (double)number;

    /// <summary>The instant of a timestamp; of a date its start. Null for anything else.</summary>
    public static long? ToInstant(object? value) => value switch
    {
        Timestamp timestamp => timestamp.Milliseconds,
        Date date => Calendar.StartOfDay(date.Days),
        _ => null,
    };
}
