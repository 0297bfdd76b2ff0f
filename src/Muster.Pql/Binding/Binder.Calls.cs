using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;
using Muster.Pql.Functions;
using Muster.Pql.Syntax;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>Function calls: checked against the catalogue, then lowered to the node that means the same.</summary>
internal sealed partial class Binder
{
    private BoundExpression BindCall(CallSyntax call)
    {
        if (!FunctionCatalogue.All.TryGetValue(call.Function, out FunctionDefinition? function))
        {
            foreach (SyntaxNode argument in call.Arguments.Take(1)) Bind(argument);
            if (call.Function == "coalesce" && call.Arguments.Count > 0
                && _diagnostics.AcceptsSilently(LenientForm.Coalesce)) return BindCoalesce(call);
            if (FunctionCatalogue.Withheld.TryGetValue(call.Function, out string? reason))
                return Error(DiagnosticCodes.UnknownFunction, call.Span, $"There is no function '{call.Function}' here: {reason}.");
            string? nearest = NearestName.Find(call.Function, FunctionCatalogue.All.Keys);
            DiagnosticFix? fix = nearest is null || call.NameSpan.Length == 0 ? null : new DiagnosticFix(call.NameSpan, nearest);
            _diagnostics.Error(DiagnosticCodes.UnknownFunction, call.Span,
                $"There is no function '{call.Function}'{NearestName.Proposal(nearest)}.", fix);
            return Invalid(call.Span);
        }
        if (call.Arguments.Count < function.Minimum || call.Arguments.Count > function.Maximum)
            return Error(DiagnosticCodes.Arity, call.Span, $"'{function.Name}' is called as {function.Signature}.");
        return function.Scalar is { } scalar ? BindScalarCall(call, scalar) : Lower(call);
    }

    private BoundExpression Lower(CallSyntax call)
    {
        IReadOnlyList<SyntaxNode> arguments = call.Arguments;
        switch (call.Function)
        {
            case "if": return BindConditional(Bind(arguments[0]), Bind(arguments[1]), Bind(arguments[2]), call.Span);
            case "date": return BindDate(call);
            case "startsWith": return BindStringTestCall(StringTest.StartsWith, negated: false, call);
            case "doesNotStartWith": return BindStringTestCall(StringTest.StartsWith, negated: true, call);
            case "endsWith": return BindStringTestCall(StringTest.EndsWith, negated: false, call);
            case "doesNotEndWith": return BindStringTestCall(StringTest.EndsWith, negated: true, call);
            case "contains": return BindStringTestCall(StringTest.Contains, negated: false, call);
            case "doesNotContain": return BindStringTestCall(StringTest.Contains, negated: true, call);
            case "equals" or "notEqualTo": return BindEqualityCall(call);
            case "stringCompare":
                return Error(DiagnosticCodes.TypeMismatch, arguments[0].Span, "The first argument names a test: "
                    + string.Join(", ", SyntaxTree.StringTests) + ".");
            case "includes": return BindIncludes(call);
            case "intersects": return BindSetOperation(SetOperation.Intersects, call);
            case "intersection": return BindSetOperation(SetOperation.Intersection, call);
            case "subsetOf": return BindSetOperation(SetOperation.SubsetOf, call);
            case "supersetOf": return BindSetOperation(SetOperation.SupersetOf, call);
            case "distinct":
                BoundExpression distinct = Bind(arguments[0]);
                return new BoundDistinct(distinct, DataType.ArrayOf(ElementOf(distinct)), call.Span);
            case "head":
                BoundExpression head = Bind(arguments[0]);
                return new BoundHead(head, ElementOf(head), call.Span);
            case "map": return BindMap(call);
            case "groupBy": return BindGroupBy(call);
            case "topN" or "bottomN": return BindRanking(call, descending: call.Function == "topN");
            case "exists": return BindQuantifierCall(Quantifier.Some, call);
            case "forall": return BindQuantifierCall(Quantifier.All, call);
            case "count" or "countWithNull" or "countOnlyNull" or "distinctCountWithNull" or "sum" or "average" or "min" or "max":
                return BindAggregateCall(Enum.Parse<Aggregate>(call.Function, ignoreCase: true), call);
            case "get": return BindGet(call);
            case "keys" or "values": return BindMapParts(call);
            case "isNull" or "isNotNull": return new BoundNullTest(Bind(arguments[0]), call.Function == "isNotNull", call.Span);
            case "isEmpty" or "isNotEmpty": return BindEmptyTest(call);
            case "inSegment":
                return Bind(arguments[0]) is BoundConstant { Value: string id }
                    ? new BoundInSegment(id, call.Span)
                    : Error(DiagnosticCodes.TypeMismatch, arguments[0].Span, "inSegment takes the segment's id as a constant string.");
            case "mapEntry":
                return Error(DiagnosticCodes.Misplaced, call.Span,
                "mapEntry stands only in the map over groups: g.map((K, G) => mapEntry(K, ...)).");
            // Operators with a wrong number of operands: the syntax tree has nodes for the others.
            default:
                return Error(DiagnosticCodes.Arity, call.Span,
                $"'{call.Function}' is called as {FunctionCatalogue.All[call.Function].Signature}.");
        }
    }

    /// <summary>The first that is not null.</summary>
    private BoundExpression BindCoalesce(CallSyntax call)
    {
        BoundExpression result = Bind(call.Arguments[^1]);
        foreach (SyntaxNode argument in call.Arguments.Reverse().Skip(1))
        {
            BoundExpression value = Bind(argument);
            result = BindConditional(new BoundNullTest(value, Negated: true, call.Span), value, result, call.Span);
        }
        return result;
    }

    private BoundCall BindScalarCall(CallSyntax call, ScalarFunction scalar)
    {
        BoundExpression[] arguments = call.Arguments.Select((a, i) => BindScalarArgument(Bind(a), scalar.ParameterAt(i), call.Function))
            .ToArray();
        if (call.Function is "regexGroup" or "replaceAll") CheckRegex(arguments[1]);
        return new BoundCall(call.Function, arguments, scalar.Result ?? arguments[0].Type, call.Span);
    }

    private BoundExpression BindScalarArgument(BoundExpression argument, DataType parameter, string function) => parameter.Kind switch
    {
        TypeKind.Timestamp => ToTimestamp(argument),
        TypeKind.Double => ToNumber(argument, function),
        _ => Convert(argument, parameter),
    };

    private BoundExpression BindStringTestCall(StringTest test, bool negated, CallSyntax call)
    {
        bool ignoreCase = call.Arguments.Count == 3 && !BindCaseFlag(call.Arguments[2]);
        return BindStringTest(test, Bind(call.Arguments[0]), Bind(call.Arguments[1]), ignoreCase, negated, call.Span);
    }

    private bool BindCaseFlag(SyntaxNode syntax)
    {
        if (Bind(syntax) is BoundConstant { Value: bool isCaseSensitive }) return isCaseSensitive;
        _diagnostics.Error(DiagnosticCodes.TypeMismatch, syntax.Span, "Whether case counts is said by true or false.");
        return true;
    }

    /// <summary>equals and notEqualTo: a Boolean literal after at least one value is the case flag, all else are values.</summary>
    private BoundExpression BindEqualityCall(CallSyntax call)
    {
        BoundExpression value = Bind(call.Arguments[0]);
        BoundExpression[] candidates = call.Arguments.Skip(1).Select(Bind).ToArray();
        bool ignoreCase = false;
        if (candidates.Length > 1 && candidates[^1] is BoundConstant { Value: bool isCaseSensitive })
        {
            ignoreCase = !isCaseSensitive;
            candidates = candidates[..^1];
        }
        bool negated = call.Function == "notEqualTo";
        if (candidates.Length == 1)
            return Compare(negated ? ComparisonOperator.NotEqual : ComparisonOperator.Equal, value, candidates[0], ignoreCase, call.Span);
        return BindMembership(value, MakeList(candidates, call.Span), negated, ignoreCase, call.Span);
    }

    private BoundExpression BindIncludes(CallSyntax call)
    {
        BoundExpression array = Bind(call.Arguments[0]), value = Bind(call.Arguments[1]);
        DataType member = ElementOf(array);
        // Here the array is the receiver, so its members' type is the one that counts.
        bool fitsAnyway = member.IsNumeric && value.Type.IsNumeric;
        return BindMembership(fitsAnyway || member.Kind == TypeKind.Unknown ? value
            : Convert(value, member), array, negated: false, ignoreCase: false, call.Span);
    }

    private BoundExpression BindSetOperation(SetOperation operation, CallSyntax call)
    {
        BoundExpression left = Bind(call.Arguments[0]), right = Bind(call.Arguments[1]);
        DataType element = ElementOf(left);
        if (element.Kind == TypeKind.Unknown && right.Type.Kind == TypeKind.Array) element = right.Type.Element!;
        DataType type = DataType.ArrayOf(element);
        bool isNumeric = element.IsNumeric && right.Type.Element is { IsNumeric: true };
        DataType common = isNumeric && !element.Equals(right.Type.Element) ? DataType.ArrayOf(DataType.Double) : type;
        DataType result = operation == SetOperation.Intersection ? common : DataType.Boolean;
        return new BoundSetOperation(operation, Convert(left, common), Convert(right, common), result, call.Span);
    }

    private BoundExpression BindQuantifierCall(Quantifier quantifier, CallSyntax call)
    {
        BoundExpression source = Bind(call.Arguments[0]);
        if (call.Arguments.Count == 1)
        {
            Variable any = new("this", ElementOf(source), VariableRole.Element);
            return new BoundQuantification(quantifier, [new BoundClause(any, source, null)], call.Span);
        }
        (Variable item, BoundExpression condition) = BindElementwise(source, call.Arguments[0], call.Arguments[1]);
        return new BoundQuantification(quantifier, [new BoundClause(item, source, Coercion.ToBoolean(condition))], call.Span);
    }

    private BoundExpression BindGet(CallSyntax call)
    {
        BoundExpression target = Bind(call.Arguments[0]), key = Convert(Bind(call.Arguments[1]), DataType.String);
        switch (target.Type.Kind)
        {
            case TypeKind.Map: return new BoundMapValue(target, key, target.Type.Element!, call.Span);
            case TypeKind.Unknown when !IsInvalid(target): return new BoundMapValue(target, key, DataType.Unknown, call.Span);
            case TypeKind.Object or TypeKind.Array when key is BoundConstant { Value: string name }: return Access(target, name, call.Span);
            case TypeKind.Unknown or TypeKind.Null: return target;
            default:
                return Error(DiagnosticCodes.TypeMismatch, call.Span,
                $"A map, or an object with a constant key, is needed for 'get'; this is of type {target.Type}.");
        }
    }

    private BoundExpression BindMapParts(CallSyntax call)
    {
        BoundExpression target = Bind(call.Arguments[0]);
        bool values = call.Function == "values";
        if (IsGrouping(target))
        {
            Variable group = new("group", target.Type.Element!, VariableRole.Element);
            BoundExpression part = Access(new BoundVariable(group, call.Span), values ? "items" : "key", call.Span);
            return new BoundMapping(target, group, part, Flatten: false, DataType.ArrayOf(part.Type), call.Span);
        }
        DataType? element = target.Type.Kind switch
        {
            TypeKind.Map => values ? target.Type.Element : DataType.String,
            TypeKind.Object => values ? ValueOfFields(target.Type) : DataType.String,
            TypeKind.Unknown => values ? DataType.Unknown : DataType.String,
            _ => null,
        };
        return element is null
            ? Error(DiagnosticCodes.TypeMismatch, call.Span, $"A map is needed for '{call.Function}', this is of type {target.Type}.")
            : new BoundMapParts(target, values, DataType.ArrayOf(element), call.Span);
    }

    /// <summary>What the fields of an object have in common, as if it were a map.</summary>
    private static DataType ValueOfFields(DataType type)
    {
        DataType[] types = [.. type.Fields.Select(field => field.Type).Distinct()];
        if (types.Length == 1) return types[0];
        if (types.Length > 1 && Array.TrueForAll(types, t => t.IsNumeric)) return DataType.Double;
        return types.Length > 1 && Array.TrueForAll(types, t => t.Kind == TypeKind.Object)
            ? DataType.ObjectOf([.. types.SelectMany(t => t.Fields).GroupBy(field => field.Name, StringComparer.Ordinal)
                .Select(same => same.All(field => field.Type.Equals(same.First().Type)) ? same.First()
                    : new Field(same.Key, same.All(field => field.Type.IsNumeric) ? DataType.Double : DataType.Unknown))])
            : DataType.Unknown;
    }

    private BoundExpression BindEmptyTest(CallSyntax call)
    {
        BoundExpression target = Bind(call.Arguments[0]);
        // An object is null when no field has a value, so an empty one and none are the same.
        if (target.Type.Kind == TypeKind.Object) return new BoundNullTest(target, call.Function == "isNotEmpty", call.Span);
        bool fits = target.Type.Kind is TypeKind.String or TypeKind.Array or TypeKind.Map or TypeKind.Unknown or TypeKind.Null;
        return fits
            ? new BoundEmptyTest(target, call.Function == "isNotEmpty", call.Span)
            : Error(DiagnosticCodes.TypeMismatch, call.Span,
                $"A string, array or map is needed for '{call.Function}', this is of type {target.Type}.");
    }
}
