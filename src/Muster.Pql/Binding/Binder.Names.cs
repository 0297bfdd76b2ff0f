using Muster.Pql.Diagnostics;
using Muster.Pql.Dialects;
using Muster.Pql.Syntax;
using Muster.Pql.Types;

namespace Muster.Pql.Binding;

/// <summary>
/// Names and paths. A bare name is a variable; else a field of the current item; else, if the item surely has no such field, of the items
/// around it out to the profile.
/// </summary>
internal sealed partial class Binder
{
    private BoundExpression BindName(NameSyntax name)
    {
        if (_scope.FindVariable(name.Name) is { } variable) return variable.Value with { Span = name.Span };
        foreach (Scope item in _scope.Items())
        {
            DataType type = item.Value.Type;
            if (HasField(type, name.Name)) return Access(item.Value, name.Name, name.Span);
            if (item.IsSingular(name.Name))
            {
                _diagnostics.Accepts(LenientForm.PluralPrefix, name.Span);
                _diagnostics.Warning(DiagnosticCodes.PluralPrefix, name.Span,
                    $"'{name.Name}' is taken for one element of '{item.Collection}'; 'this' says so.",
                    name.Span.Length == 0 ? null : new DiagnosticFix(name.Span, "this"));
                return item.Value with { Span = name.Span };
            }
            // Of an item of unknown type any name may be a field. The events and `profile` belong to the root wherever they are named.
            bool isRootName = name.Name is ProfileSchema.EventArray or "profile";
            if (type.Kind is TypeKind.Unknown && !isRootName) return Access(item.Value, name.Name, name.Span);
        }
        BoundVariable root = new(_root, name.Span);
        if (name.Name == "profile")
        {
            _diagnostics.Accepts(LenientForm.ProfilePrefix, name.Span);
            return root;
        }
        if (name.Name == "_" && _diagnostics.Accepts(LenientForm.Underscore, name.Span)) return _scope.Items()
            .First().Value with
        { Span = name.Span };
        if (name.Name == ProfileSchema.EventArray && _schema.IsOpen)
            return new BoundField(root, name.Name, DataType.ArrayOf(DataType.Unknown), name.Span);
        Scope current = _scope.Items().First();
        return UnknownField(current.Value.Type.Kind == TypeKind.Object ? current.Value : root, name.Name, name.Span);
    }

    /// <summary>Whether the name is surely a field here; of an array, of its elements.</summary>
    private static bool HasField(DataType type, string name) => type.Kind switch
    {
        TypeKind.Object => type.TryGetField(name, out _),
        TypeKind.Map => true,
        TypeKind.Array => type.Element!.Kind == TypeKind.Object && type.Element.TryGetField(name, out _),
        _ => false,
    };

    private BoundExpression BindItem(ItemSyntax item)
    {
        Scope? found = _scope.Items().ElementAtOrDefault(item.Level);
        if (found is not null) return found.Value with { Span = item.Span };
        _diagnostics.Warning(DiagnosticCodes.UpTooFar, item.Span,
            "There are not so many items around this place: the value is always null.");
        return new BoundConstant(null, DataType.Null, item.Span);
    }

    private BoundExpression BindParameter(ParameterSyntax parameter) => parameter.Position == 1
        ? new BoundVariable(_root, parameter.Span)
        : Error(DiagnosticCodes.Misplaced, parameter.Span, "A query has one parameter, $1: the profile.");

    /// <summary><c>target.name</c></summary>
    private BoundExpression Access(BoundExpression target, string name, TextSpan span)
    {
        switch (target.Type.Kind)
        {
            case TypeKind.Object when target.Type.TryGetField(name, out DataType? type): return new BoundField(target, name, type, span);
            case TypeKind.Object when name == ProfileSchema.EventArray && _schema.IsOpen && target is BoundVariable variable
                && variable.Variable == _root:
                return new BoundField(target, name, DataType.ArrayOf(DataType.Unknown), span);
            case TypeKind.Object: return UnknownField(target, name, span);
            case TypeKind.Unknown: return IsInvalid(target) ? target : new BoundField(target, name, DataType.Unknown, span);
            case TypeKind.Null: return target;
            case TypeKind.Map: return new BoundMapValue(target, new BoundConstant(name, DataType.String, span), target.Type.Element!, span);
            case TypeKind.Array:
                _diagnostics.Accepts(LenientForm.DotOnArray, span);
                _diagnostics.Warning(
                    DiagnosticCodes.DotOnArray, span,
                        $"'{name}' is taken of every element of an array; write 'select' or a method such as 'exists' to say so.");
                Variable item = new("this", target.Type.Element!, VariableRole.Element);
                BoundExpression body = Access(new BoundVariable(item, target.Span), name, span);
                DataType value = body.Type.Kind == TypeKind.Array ? body.Type : DataType.ArrayOf(body.Type);
                return new BoundMapping(target, item, body, Flatten: true, value, span);
            default: return Error(DiagnosticCodes.TypeMismatch, span, $"A value of type {target.Type} has no field '{name}'.");
        }
    }

    /// <summary>A field that no type names: of an open schema it may still come, of a declared one it is a mistake.</summary>
    private BoundField UnknownField(BoundExpression target, string name, TextSpan span)
    {
        // A schema that knows nothing has nothing to compare with.
        bool knowsNothing = _schema.IsOpen && target.Type.Fields.Count == 0;
        string? nearest = NearestName.Find(name, NamesInReach(target));
        string message = $"There is no '{name}' here{NearestName.Proposal(nearest)}.";
        TextSpan place = new(span.End - Math.Min(name.Length, span.Length), Math.Min(name.Length, span.Length));
        DiagnosticFix? fix = nearest is null || place.Length == 0 ? null : new DiagnosticFix(place, Quotable(nearest));
        if (!_schema.IsOpen) _diagnostics.Error(DiagnosticCodes.UnknownName, place, message, fix);
        else if (!knowsNothing) _diagnostics.Warning(DiagnosticCodes.UnknownName, place, message, fix);
        return new BoundField(target, name, DataType.Unknown, span);
    }

    private static string Quotable(string name) => Keywords.NeedsQuotes(name) ? "`" + name + "`" : name;

    private IEnumerable<string> NamesInReach(BoundExpression target)
    {
        IEnumerable<string> fields = target.Type.Fields.Select(f => f.Name);
        bool isBare = _scope.Items().Any(i => i.Value == target
            || (i.Value is BoundVariable v && target is BoundVariable t && v.Variable == t.Variable));
        if (!isBare) return fields;
        for (Scope? scope = _scope; scope is not null; scope = scope.Outer)
            fields = fields.Concat(scope.Name is null ? scope.Value.Type.Fields.Select(f => f.Name) : [scope.Name]);
        return fields.Distinct();
    }
}
