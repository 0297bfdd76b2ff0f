using Muster.Pql.Diagnostics;
using Muster.Pql.Syntax;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>
/// Everything that goes over the elements of arrays. Clauses keep the current item; brackets and element-wise arguments set it.
/// </summary>
internal sealed partial class Binder
{
    // Variables of let whose value is a groupBy: map over them has rules of its own.
    private readonly HashSet<Variable> _groupings = [];

    private BoundSelect BindSelect(SelectSyntax select)
    {
        IReadOnlyList<BoundClause> clauses = BindClauses(select.Clauses, null).Clauses;
        DataType element = clauses.Count == 1 ? clauses[0].Variable.Type : DataType.Tuple;
        return new BoundSelect(clauses, DataType.ArrayOf(element), select.Span);
    }

    private BoundQuantification BindQuantification(QuantificationSyntax quantification) =>
        new(quantification.Quantifier, BindClauses(quantification.Clauses, null).Clauses, quantification.Span);

    private BoundExpression BindAggregate(AggregateSyntax aggregate)
    {
        (IReadOnlyList<BoundClause> clauses, BoundExpression? value) = BindClauses(aggregate.Clauses, aggregate.Value);
        Aggregate function = Enum.Parse<Aggregate>(aggregate.Function, ignoreCase: true);
        if (clauses.Count > 1 && value is null)
        {
            if (function != Aggregate.Count)
                return Error(DiagnosticCodes.Misplaced, aggregate.Span, "With several variables say what to aggregate: 'sum e over ...'.");
            value = new BoundConstant(1L, DataType.Integer, aggregate.Span);
        }
        return MakeAggregate(function, value, clauses, aggregate.Span);
    }

    /// <summary>Binds clauses and then, where all their variables are visible, a value.</summary>
    private (IReadOnlyList<BoundClause> Clauses, BoundExpression? Value) BindClauses(IReadOnlyList<ClauseSyntax> clauses, SyntaxNode? value)
    {
        Scope outer = _scope;
        List<BoundClause> bound = [];
        foreach (ClauseSyntax clause in clauses)
        {
            BoundExpression source = Bind(clause.Source);
            Variable variable = new(clause.Variable, ElementOf(source), VariableRole.Element);
            _scope = _scope.WithVariable(clause.Variable, new BoundVariable(variable, clause.Span));
            bound.Add(new BoundClause(variable, source, clause.Condition is null ? null : BindBoolean(clause.Condition)));
        }
        BoundExpression? boundValue = value is null ? null : Bind(value);
        _scope = outer;
        return (bound, boundValue);
    }

    private BoundSelect BindFilter(FilterSyntax filter)
    {
        BoundExpression source = Bind(filter.Target);
        if (filter.Condition is LiteralSyntax { Value: long })
            _diagnostics.Error(DiagnosticCodes.TypeMismatch, filter.Condition.Span,
                "Brackets after an array hold a condition; there is no access by index.");
        (Variable item, BoundExpression condition) = BindElementwise(source, filter.Target, filter.Condition);
        return new BoundSelect([new BoundClause(item, source, Coercion.ToBoolean(condition))], DataType.ArrayOf(item.Type), filter.Span);
    }

    /// <summary>
    /// Binds an argument that is evaluated for each element, which is the current item there (and has a name in a lambda).
    /// </summary>
    private (Variable Item, BoundExpression Body) BindElementwise(BoundExpression source, SyntaxNode sourceSyntax, SyntaxNode argument)
    {
        Variable item = new("this", ElementOf(source), VariableRole.Element);
        return (item, BindWithItem(new BoundVariable(item, argument.Span), sourceSyntax, argument));
    }

    private BoundExpression BindWithItem(BoundExpression item, SyntaxNode sourceSyntax, SyntaxNode argument)
    {
        Scope outer = _scope;
        _scope = _scope.WithItem(item, CollectionName(sourceSyntax));
        SyntaxNode body = argument;
        if (argument is LambdaSyntax lambda)
        {
            if (lambda.Parameters.Count != 1) Error(DiagnosticCodes.Arity, lambda.Span, "A function over elements has one parameter.");
            foreach (string parameter in lambda.Parameters.Where(p => p != "this")) _scope = _scope.WithVariable(parameter, item);
            body = lambda.Body;
        }
        BoundExpression bound = Bind(body);
        _scope = outer;
        return bound;
    }

    private static string? CollectionName(SyntaxNode source) => source switch
    {
        NameSyntax name => name.Name,
        MemberSyntax member => member.Name,
        FilterSyntax filter => CollectionName(filter.Target),
        CallSyntax { Arguments.Count: > 0 } call => CollectionName(call.Arguments[0]),
        _ => null,
    };

    /// <summary>The type of the elements; of a map, of its values. Reports anything else.</summary>
    private DataType ElementOf(BoundExpression source)
    {
        if (source.Type.Element is { } element) return element;
        if (source.Type.Kind is not (TypeKind.Unknown or TypeKind.Null))
            _diagnostics.Error(DiagnosticCodes.NotArray, source.Span, $"An array is needed here, this is of type {source.Type}.");
        return DataType.Unknown;
    }

    /// <summary>An aggregate of each element, or of an expression over it.</summary>
    private BoundExpression BindAggregateCall(Aggregate function, CallSyntax call)
    {
        BoundExpression source = Bind(call.Arguments[0]);
        if (call.Arguments.Count > 1)
        {
            (Variable item, BoundExpression body) = BindElementwise(source, call.Arguments[0], call.Arguments[1]);
            return MakeAggregate(function, body, [new BoundClause(item, source, null)], call.Span);
        }
        if (source is BoundSelect { Clauses.Count: > 1 } tuples)
        {
            bool counts = function is Aggregate.Count or Aggregate.CountWithNull;
            BoundConstant one = new(1L, DataType.Integer, call.Span);
            return counts
                ? MakeAggregate(Aggregate.Count, one, tuples.Clauses, call.Span)
                : Error(DiagnosticCodes.TypeMismatch, call.Span, "Only count() has a meaning for a select with several variables.");
        }
        Variable element = new("this", ElementOf(source), VariableRole.Element);
        return MakeAggregate(function, null, [new BoundClause(element, source, null)], call.Span);
    }

    private BoundAggregate MakeAggregate(Aggregate function, BoundExpression? value, IReadOnlyList<BoundClause> clauses, TextSpan span)
    {
        BoundExpression aggregated = value ?? new BoundVariable(clauses[0].Variable, span);
        DataType type = DataType.Integer;
        switch (function)
        {
            case Aggregate.Sum or Aggregate.Average:
                BoundExpression number = ToNumber(aggregated, function == Aggregate.Sum ? "sum" : "average");
                if (number != aggregated) value = number;
                type = function == Aggregate.Average ? DataType.Double : number.Type;
                break;
            case Aggregate.Min or Aggregate.Max:
                type = aggregated.Type;
                if (!(type.IsScalar && type.Kind != TypeKind.Boolean) && type.Kind is not (TypeKind.Unknown or TypeKind.Null))
                    Error(DiagnosticCodes.TypeMismatch, aggregated.Span, $"Values of type {type} have no order.");
                break;
        }
        return new BoundAggregate(function, value, clauses, type, span);
    }

    private bool IsGrouping(BoundExpression expression) =>
        expression is BoundGrouping || (expression is BoundVariable variable && _groupings.Contains(variable.Variable));

    /// <summary><c>map</c>; over groups the item is the group's array, or key and array are the two parameters.</summary>
    private BoundExpression BindMap(CallSyntax call)
    {
        BoundExpression source = Bind(call.Arguments[0]);
        SyntaxNode argument = call.Arguments[1];
        if (!IsGrouping(source))
        {
            (Variable element, BoundExpression body) = BindElementwise(source, call.Arguments[0], argument);
            return new BoundMapping(source, element, body, Flatten: false, DataType.ArrayOf(body.Type), call.Span);
        }
        Variable group = new("group", source.Type.Element!, VariableRole.Element);
        BoundVariable item = new(group, argument.Span);
        BoundExpression key = Access(item, "key", argument.Span), items = Access(item, "items", argument.Span);
        if (argument is not LambdaSyntax { Parameters.Count: 2 } lambda)
        {
            BoundExpression body = BindWithItem(items, call.Arguments[0], argument);
            return new BoundMapping(source, group, body, Flatten: false, DataType.ArrayOf(body.Type), call.Span);
        }
        Scope outer = _scope;
        _scope = _scope.WithItem(items, null).WithVariable(lambda.Parameters[0], key).WithVariable(lambda.Parameters[1], items);
        BoundExpression result;
        if (lambda.Body is CallSyntax { Function: "mapEntry", Arguments.Count: 2 } entry)
        {
            BoundExpression entryKey = Convert(Bind(entry.Arguments[0]), DataType.String), value = Bind(entry.Arguments[1]);
            result = new BoundMapConstruction(source, group, entryKey, value, DataType.MapOf(value.Type), call.Span);
        }
        else
        {
            BoundExpression body = Bind(lambda.Body);
            result = new BoundMapping(source, group, body, Flatten: false, DataType.ArrayOf(body.Type), call.Span);
        }
        _scope = outer;
        return result;
    }

    private BoundGrouping BindGroupBy(CallSyntax call)
    {
        BoundExpression source = Bind(call.Arguments[0]);
        (Variable item, BoundExpression key) = BindElementwise(source, call.Arguments[0], call.Arguments[1]);
        DataType group = DataType.ObjectOf(("key", key.Type), ("items", DataType.ArrayOf(item.Type)));
        return new BoundGrouping(source, item, key, DataType.ArrayOf(group), call.Span);
    }

    private BoundRanking BindRanking(CallSyntax call, bool descending)
    {
        BoundExpression source = Bind(call.Arguments[0]);
        (Variable item, BoundExpression key) = BindElementwise(source, call.Arguments[0], call.Arguments[1]);
        BoundExpression count = Convert(Bind(call.Arguments[2]), DataType.Integer);
        return new BoundRanking(source, item, key, count, descending, DataType.ArrayOf(item.Type), call.Span);
    }
}
