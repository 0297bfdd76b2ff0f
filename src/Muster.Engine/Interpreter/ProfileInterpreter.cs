using Muster.Engine.Functions;
using Muster.Engine.Values;
using Muster.Pql;
using Muster.Pql.Binding;
using Muster.Pql.Time;
using Muster.Pql.Types;

namespace Muster.Engine.Interpreter;

/// <summary>
/// Evaluates a bound query over one profile, node by node: slow and obvious, and the referee of the vectorised engine. Values are as in
/// <see cref="ObjectValue"/>; a tuple is an array. Not thread-safe.
/// </summary>
/// <param name="now">The run's instant in milliseconds since the epoch.</param>
/// <param name="inSegment">Whether the profile is a member of a segment.</param>
public sealed partial class ProfileInterpreter(long now, Func<string, bool> inSegment)
{
    private static readonly IReadOnlyList<object?> Empty = [];

    private readonly Dictionary<Variable, object?> _variables = [];

    // Set while it is asked how long the answer stays.
    private TimeHorizon? _horizon;

    /// <summary>The value of the query's body for a profile.</summary>
    public object? Evaluate(BoundQuery query, ObjectValue profile)
    {
        _variables.Clear();
        _variables[query.Root] = profile;
        return Value(query.Body);
    }

    /// <summary>True if the profile satisfies the query.</summary>
    public bool IsMember(BoundQuery query, ObjectValue profile) => ValueRules.IsPresent(Evaluate(query, profile));

    /// <summary>The first instant at which the query may have another value for the profile than now; null if none is in sight. Membership
    /// of other segments counts as it is.</summary>
    public long? NextChange(BoundQuery query, ObjectValue profile)
    {
        _horizon = new TimeHorizon(now);
        Evaluate(query, profile);
        long? next = _horizon.Next;
        _horizon = null;
        return next;
    }

    private bool IsTrue(BoundExpression expression) => ValueRules.IsPresent(Value(expression));

    private object? Value(BoundExpression expression) => expression switch
    {
        BoundConstant node => Constant(node),
        BoundNow => Now(),
        BoundRelativeDay node => Day(node.Offset),
        BoundDate node => DateOf(node),
        BoundVariable node => _variables[node.Variable],
        BoundField node => Value(node.Target) is ObjectValue target ? target[node.Name] : null,
        BoundMapValue node => Value(node.Target) is MapValue map && Value(node.Key) is string key ? map[key] : null,
        BoundMapParts node => MapParts(node),
        BoundConversion node => Conversion.To(node.Type, Value(node.Operand)),
        BoundPresence node => ValueRules.IsPresent(Value(node.Operand)),
        BoundNullTest node => Value(node.Operand) is null != node.Negated,
        BoundEmptyTest node => IsEmpty(Value(node.Operand)) != node.Negated,
        BoundLogical node => node.IsAnd ? node.Operands.All(IsTrue) : node.Operands.Any(IsTrue),
        BoundNot node => !IsTrue(node.Operand),
        BoundComparison node => ComparisonOf(node),
        BoundMembership node => Membership(node),
        BoundArithmetic node => Arithmetic(node),
        BoundNegation node => Negation(node),
        BoundConditional node => Value(IsTrue(node.Condition) ? node.WhenTrue : node.WhenFalse),
        BoundDefault node => Value(node.Value) is { } value and not "" ? value : Value(node.Fallback),
        BoundStringTest node => StringTestOf(node),
        BoundLet node => Let(node),
        BoundInSegment node => inSegment(node.SegmentId),
        BoundCall node => Call(node),
        BoundConstruction node => Construction(node),
        BoundOccurs node => Occurs(node.Timestamp, node.Window),
        BoundChain node => Chain(node),
        BoundQuantification node => Quantification(node),
        BoundSelect node => Select(node),
        BoundAggregate node => AggregateOf(node),
        BoundMapping node => Mapping(node),
        BoundRanking node => Ranking(node),
        BoundHead node => Items(node.Source) is [var first, ..] ? first : null,
        BoundDistinct node => Distinct(Items(node.Source)),
        BoundSetOperation node => SetOperationOf(node),
        BoundGrouping node => Grouping(node),
        BoundMapConstruction node => MapConstruction(node),
        _ => throw new NotSupportedException($"The node {expression.GetType().Name} has no meaning here."),
    };

    private object? Call(BoundCall node)
    {
        if (_horizon is not null && Pql.Functions.FunctionCatalogue.All[node.Function].Scalar!.DependsOnNow)
        {
            if (node.Function is "currentYear" or "currentMonth" or "currentDayOfMonth") _horizon.NextDay();
            else _horizon.AnyTime();
        }
        return ScalarFunctions.Call(node.Function, node.Arguments.Select(Value).ToArray(), now);
    }

    private static object? Constant(BoundConstant node) => FromConstant(node.Value, node.Type);

    private static object? FromConstant(object? value, DataType type) => (value, type.Kind) switch
    {
        (long number, TypeKind.Timestamp) => new Timestamp(number),
        (long number, TypeKind.Date) => new Date(number),
        (IReadOnlyList<object?> items, _) => items.Select(item => FromConstant(item, type.Element ?? DataType.Unknown)).ToArray(),
        _ => value,
    };

    private object? DateOf(BoundDate node) =>
        Value(node.Year) is long year && Value(node.Month) is long month && Value(node.Day) is long day
            && CivilDate.DaysOf(year, month, day) is { } days
            ? new Date(days)
            : null;

    // Inferred types say object where the data means a map: its fields that have a value are the entries.
    private object MapParts(BoundMapParts node) => Value(node.Target) switch
    {
        MapValue map => map.Entries.Select(entry => node.Values ? entry.Value : entry.Key).ToArray(),
        ObjectValue entries => entries.Fields.Select(field => node.Values ? field.Value : field.Key).ToArray(),
        _ => Empty,
    };

    private static bool IsEmpty(object? value) => value switch
    {
        null or "" => true,
        IReadOnlyList<object?> array => array.Count == 0,
        MapValue map => map.Entries.Count == 0,
        _ => false,
    };

    private bool Membership(BoundMembership node)
    {
        if (Value(node.Value) is not { } value || Value(node.Array) is not IReadOnlyList<object?> array) return false;
        return ValueRules.Contains(array, value, node.IgnoreCase) != node.Negated;
    }

    private object? Arithmetic(BoundArithmetic node)
    {
        if (Value(node.Left) is not { } left || Value(node.Right) is not { } right) return null;
        if (left is string first && right is string second) return node.Operator == ArithmeticOperator.Add ? first + second : null;
        if (left is not (long or double) || right is not (long or double)) return null;
        if (left is long a && right is long b && node.Operator != ArithmeticOperator.Divide)
        {
            if (!NumberRules.TryCompute(node.Operator, a, b, out Int128 wide)) return null;
            // Beyond 64 bits a whole number goes on as a double, whatever its static type.
            return node.Type.Kind != TypeKind.Double && NumberRules.Fits(wide) ? (object)(long)wide : (double)wide;
        }
        return NumberRules.TryCompute(node.Operator, ValueRules.ToDouble(left), ValueRules.ToDouble(right), out double result) ? result
            : null;
    }

    private object? Negation(BoundNegation node) => Value(node.Operand) switch
    {
        long.MinValue => -(double)long.MinValue,
        long whole => (object)-whole,
        double number => -number,
        _ => null,
    };

    private bool StringTestOf(BoundStringTest node)
    {
        if (Value(node.Target) is not string text || Value(node.Argument) is not string argument) return false;
        var pattern = new TextPattern(node.Test, argument, node.IgnoreCase);
        return !pattern.IsInvalid && pattern.Matches(text) != node.Negated;
    }

    private object? Let(BoundLet node)
    {
        _variables[node.Variable] = Value(node.Value);
        return Value(node.Body);
    }

    private object Construction(BoundConstruction node)
    {
        if (node.Names is null) return node.Elements.Select(Value).ToArray();
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (int i = 0; i < node.Elements.Count; i++)
            if (Value(node.Elements[i]) is { } value) fields[node.Names[i]] = value;
        return new ObjectValue(fields);
    }
}
