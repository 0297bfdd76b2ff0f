using Muster.Engine.Interpreter;
using Muster.Engine.Values;
using Muster.Pql;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Explanation;

/// <summary>What the variables around a part of a query are bound to.</summary>
internal sealed record Bindings(Variable? Variable, object? Value, Bindings? Outer)
{
    public static Bindings None { get; } = new(null, null, null);

    public Bindings With(Variable variable, object? value) => new(variable, value, this);
}

/// <summary>Values of parts of a query for one profile. Not thread-safe.</summary>
internal sealed class BoundValues(Variable root, ObjectValue profile, ProfileInterpreter interpreter)
{
    public object? Of(BoundExpression expression, Bindings bindings)
    {
        // The interpreter knows variables by what binds them, so each is bound to its value around the part.
        for (Bindings? at = bindings; at?.Variable is not null; at = at.Outer)
            expression = new BoundLet(at.Variable, new BoundConstant(at.Value, DataType.Unknown, expression.Span), expression,
                expression.Span);
        return interpreter.Evaluate(new BoundQuery(root, expression), profile);
    }

    public bool IsTrue(BoundExpression expression, Bindings bindings) => ValueRules.IsPresent(Of(expression, bindings));

    public IReadOnlyList<object?> Items(BoundExpression source, Bindings bindings) => Of(source, bindings) switch
    {
        IReadOnlyList<object?> array => array,
        MapValue map => map.Entries.Select(entry => entry.Value).ToArray(),
        _ => [],
    };
}
