using Muster.Engine.Execution;
using Muster.Engine.Functions;
using Muster.Engine.Nodes;
using Muster.Engine.Values;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

internal sealed partial class Lowering
{
    private LoweredScalar Comparison(BoundComparison node, Scope scope) =>
        node.Left.Type.Kind == TypeKind.Array && node.Right.Type.Kind == TypeKind.Array ? ArraysEqual(node, scope)
            : Compare(node.Operator, ScalarOf(node.Left, scope), ScalarOf(node.Right, scope), node.IgnoreCase, scope.Current);

    private LoweredScalar Compare(ComparisonOperator comparison, LoweredScalar left, LoweredScalar right, bool ignoreCase, Slot current)
    {
        if (IsNull(left) || IsNull(right)) return False();
        (left, right) = SameKind(left, right);
        Slot slot = Meet(left.Slot, right.Slot, current);
        Node first = Lift(left, slot), second = Lift(right, slot);
        return Bits(
            first.Kind == ValueKind.Text
                ? new TextCompareNode(slot.Domain, first, comparison, second, ignoreCase)
                : new CompareNode(slot.Domain, first, comparison, second),
            slot);
    }

    /// <summary>Brings numbers of two kinds, and dates with timestamps, to one kind.</summary>
    private (LoweredScalar Left, LoweredScalar Right) SameKind(LoweredScalar left, LoweredScalar right)
    {
        if (left.Type.Kind == TypeKind.Date && right.Type.Kind == TypeKind.Timestamp) return (Convert(left, DataType.Timestamp), right);
        if (left.Type.Kind == TypeKind.Timestamp && right.Type.Kind == TypeKind.Date) return (left, Convert(right, DataType.Timestamp));
        if (left.Node.Kind == ValueKind.Int64 && right.Node.Kind == ValueKind.Double) return (ToDouble(left), right);
        if (left.Node.Kind == ValueKind.Double && right.Node.Kind == ValueKind.Int64) return (left, ToDouble(right));
        if (left.Node.Kind != right.Node.Kind) throw new NotVectorisedException("Values of different kinds.");
        return (left, right);
    }

    private LoweredScalar ToDouble(LoweredScalar number) => number.Node.Kind == ValueKind.Double ? number : Convert(number, DataType.Double);

    private LoweredScalar Conversion(BoundConversion node, Scope scope)
    {
        if (!node.Type.IsScalar) throw new NotVectorisedException("A conversion to a list.");
        return Convert(ScalarOf(node.Operand, scope), node.Type);
    }

    private LoweredScalar Convert(LoweredScalar operand, DataType type)
    {
        if (IsNull(operand)) return Null();
        if (operand.Type.Equals(type)) return operand;
        if (operand.Node is ConstantNode { Value: long whole } && operand.Type.Kind == TypeKind.Integer && type.Kind == TypeKind.Double)
            return Scalar(_graph.Add(new ConstantNode(operand.Slot.Domain, ValueKind.Double, (double)whole)), type, operand.Slot);
        var node = new CallNode(operand.Node.Domain, "convert", [operand.Node], [operand.Type], type, (arguments, _) => Values.Conversion.To(type, arguments[0]));
        return Scalar(_graph.Add(node), type, operand.Slot);
    }

    private LoweredScalar Membership(BoundMembership node, Scope scope)
    {
        LoweredScalar value = ScalarOf(node.Value, scope);
        if (IsNull(value)) return False();
        if (node.Array is BoundConstant constant)
        {
            if (constant.Value is not IReadOnlyList<object?> items) return False();
            LoweredScalar found = InConstants(value, items, node.IgnoreCase, scope.Current);
            return node.Negated ? Combine(isAnd: true, [Valid(value), Not(found)], scope.Current) : found;
        }
        LoweredScalar member = ExistsIn(node.Array, scope, (item, inner) => Compare(ComparisonOperator.Equal, item, value, node.IgnoreCase, inner));
        if (!node.Negated) return member;
        return Combine(isAnd: true, [Valid(value), ArrayPresent(node.Array, scope), Not(member)], scope.Current);
    }

    private LoweredScalar InConstants(LoweredScalar value, IReadOnlyList<object?> items, bool ignoreCase, Slot current)
    {
        List<object> constants = items.OfType<object>().Distinct().ToList();
        if (value.Node.Kind == ValueKind.Text) return Bits(TextSetNode.Of(value.Node, constants.OfType<string>(), ignoreCase), value.Slot);
        if (value.Node.Kind is ValueKind.Int64 && constants.TrueForAll(c => c is long) || value.Node.Kind is ValueKind.Double && constants.TrueForAll(c => c is double))
            return Bits(new NumberSetNode(value.Node, constants.Order().ToArray()), value.Slot);
        List<LoweredScalar> equalities = constants.ConvertAll(constant => constant switch
        {
            long whole => Compare(ComparisonOperator.Equal, value, ConstantOf(whole, DataType.Integer), false, current),
            double number => Compare(ComparisonOperator.Equal, value, ConstantOf(number, DataType.Double), false, current),
            bool truth => Compare(ComparisonOperator.Equal, value, ConstantOf(truth, DataType.Boolean), false, current),
            _ => False(),
        });
        return Combine(isAnd: false, equalities, current);
    }

    private LoweredScalar ConstantOf(object value, DataType type) => Scalar(_graph.Add(new ConstantNode(_graph.Profiles, ScalarBox.KindOf(type.Kind), value)), type, _root);

    private LoweredScalar Arithmetic(BoundArithmetic node, Scope scope)
    {
        LoweredScalar left = ScalarOf(node.Left, scope), right = ScalarOf(node.Right, scope);
        if (IsNull(left) || IsNull(right)) return Null();
        Slot slot = Meet(left.Slot, right.Slot, scope.Current);
        if (left.Node.Kind == ValueKind.Text || right.Node.Kind == ValueKind.Text)
        {
            if (left.Node.Kind != right.Node.Kind || node.Operator != ArithmeticOperator.Add) return Null();
            return Scalar(_graph.Add(new ArithmeticNode(slot.Domain, ValueKind.Text, Lift(left, slot), node.Operator, Lift(right, slot))), DataType.String, slot);
        }
        if (!left.Type.IsNumeric || !right.Type.IsNumeric) throw new NotVectorisedException("Arithmetic of values that may be no numbers.");
        bool areWhole = left.Type.Kind == TypeKind.Integer && right.Type.Kind == TypeKind.Integer && node.Operator != ArithmeticOperator.Divide;
        if (areWhole && node.Type.Kind == TypeKind.Double)
            return Scalar(_graph.Add(new WideArithmeticNode(slot.Domain, Lift(left, slot), node.Operator, Lift(right, slot))), DataType.Double, slot);
        if (areWhole && node.Type.Kind != TypeKind.Integer) throw new NotVectorisedException("Integer arithmetic of an open type.");
        if (!areWhole) (left, right) = (ToDouble(left), ToDouble(right));
        DataType type = areWhole ? DataType.Integer : DataType.Double;
        Node result = _graph.Add(new ArithmeticNode(slot.Domain, ScalarBox.KindOf(type.Kind), Lift(left, slot), node.Operator, Lift(right, slot)));
        return Scalar(result, type, slot);
    }

    private LoweredScalar Negation(BoundNegation node, Scope scope)
    {
        LoweredScalar operand = ScalarOf(node.Operand, scope);
        if (IsNull(operand) || !operand.Type.IsNumeric) return Null();
        return Scalar(_graph.Add(new NegateNode(operand.Node)), operand.Type, operand.Slot);
    }

    private LoweredScalar Conditional(BoundConditional node, Scope scope) =>
        Choose(Truth(node.Condition, scope), ScalarOf(node.WhenTrue, scope), ScalarOf(node.WhenFalse, scope), node.Type, scope.Current);

    private LoweredScalar Default(BoundDefault node, Scope scope)
    {
        LoweredScalar value = ScalarOf(node.Value, scope);
        LoweredScalar isGiven = value.Node.Kind == ValueKind.Text ? NotBlank(value) : Valid(value);
        return Choose(isGiven, value, ScalarOf(node.Fallback, scope), node.Type, scope.Current);
    }

    private LoweredScalar Choose(LoweredScalar condition, LoweredScalar whenTrue, LoweredScalar whenFalse, DataType type, Slot current)
    {
        if (IsNull(whenTrue) && IsNull(whenFalse)) return Null();
        ValueKind kind = (IsNull(whenTrue) ? whenFalse : whenTrue).Node.Kind;
        if (!IsNull(whenTrue) && !IsNull(whenFalse))
        {
            (whenTrue, whenFalse) = SameKind(whenTrue, whenFalse);
            kind = whenTrue.Node.Kind;
        }
        Slot slot = Meet([condition, whenTrue, whenFalse], current);
        DataType result = IsNull(whenTrue) ? whenFalse.Type : whenTrue.Type;
        if (type.IsScalar && type.Kind != result.Kind) throw new NotVectorisedException("A choice of values of another type.");
        Node Branch(LoweredScalar branch) => IsNull(branch) ? _graph.Add(new ConstantNode(slot.Domain, kind, null)) : Lift(branch, slot);
        return Scalar(_graph.Add(new ConditionalNode(slot.Domain, Lift(condition, slot), Branch(whenTrue), Branch(whenFalse))), result, slot);
    }

    private LoweredScalar StringTestOf(BoundStringTest node, Scope scope)
    {
        LoweredScalar target = ScalarOf(node.Target, scope), argument = ScalarOf(node.Argument, scope);
        if (target.Node.Kind != ValueKind.Text || argument.Node.Kind != ValueKind.Text || IsNull(target) || IsNull(argument)) return False();
        Slot slot = Meet(target.Slot, argument.Slot, scope.Current);
        return Bits(new TextTestNode(slot.Domain, node.Test, Lift(target, slot), Lift(argument, slot), node.IgnoreCase, node.Negated), slot);
    }

    private LoweredScalar Call(BoundCall node, Scope scope)
    {
        if (!node.Type.IsScalar) throw new NotVectorisedException("A function of an open type.");
        List<LoweredScalar> arguments = node.Arguments.Select(argument => ScalarOf(argument, scope)).ToList();
        return CallOf(node.Function, arguments, node.Type, scope.Current, (values, now) => ScalarFunctions.Call(node.Function, values, now));
    }

    private LoweredScalar DateOf(BoundDate node, Scope scope) =>
        CallOf("date", [ScalarOf(node.Year, scope), ScalarOf(node.Month, scope), ScalarOf(node.Day, scope)], DataType.Date, scope.Current, (values, _) =>
            values is [long year, long month, long day] && Pql.Time.CivilDate.DaysOf(year, month, day) is { } days ? new Date(days) : null);

    private LoweredScalar CallOf(string name, List<LoweredScalar> arguments, DataType type, Slot current, Func<object?[], long, object?> function)
    {
        Slot slot = arguments.Count == 0 ? _root : Meet(arguments, current);
        Node[] nodes = arguments.Select(argument => Lift(argument, slot)).ToArray();
        return Scalar(_graph.Add(new CallNode(slot.Domain, name, nodes, arguments.ConvertAll(a => a.Type), type, function)), type, slot);
    }
}
