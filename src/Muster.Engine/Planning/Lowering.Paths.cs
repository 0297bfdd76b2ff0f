using Muster.Engine.Execution;
using Muster.Engine.Nodes;
using Muster.Pql.Binding;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

internal sealed partial class Lowering
{
    private LoweredScalar Constant(BoundConstant node)
    {
        if (node.Value is null) return Null();
        if (!node.Type.IsScalar) throw new NotVectorisedException("A list stands alone.");
        object value = node.Type.Kind == TypeKind.Double && node.Value is long whole ? (double)whole : node.Value;
        return Scalar(_graph.Add(new ConstantNode(_graph.Profiles, ScalarBox.KindOf(node.Type.Kind), value)), node.Type, _root);
    }

    private Lowered Field(BoundField node, Scope scope) => Lower(node.Target, scope) switch
    {
        LoweredRow row => At(row.Source, row.Path.Length == 0 ? node.Name : row.Path + "." + node.Name, node.Type, row.Slot),
        LoweredScalar scalar when IsNull(scalar) => Null(),
        LoweredGroup group => node.Name == "key" ? group.Key : new LoweredGroupItems(group),
        _ => throw new NotVectorisedException("A field of something that is not stored."),
    };

    private Lowered MapValue(BoundMapValue node, Scope scope)
    {
        if (node.Target is BoundMapConstruction made) return ValueOfMade(made, node.Key, scope);
        if (Lower(node.Target, scope) is not LoweredElements { Type.Kind: TypeKind.Map } map || node.Key is not BoundConstant { Value: string key })
            throw new NotVectorisedException("A map that is computed, or a key that differs from row to row.");
        return At(_graph.Entry(map.Source, map.Path, key), "value", node.Type, map.Slot);
    }

    /// <summary>What is stored under a path of the rows of a source.</summary>
    private Lowered At(RowSource source, string path, DataType type, Slot slot) => type.Kind switch
    {
        TypeKind.Object => new LoweredRow(source, path, type, slot),
        TypeKind.Array or TypeKind.Map => new LoweredElements(source, path, type, slot),
        _ when type.IsScalar => Scalar(_graph.Add(new ColumnNode(source, path, ScalarBox.KindOf(type.Kind))), type, slot),
        // A field that no schema names has no column.
        _ => Null(),
    };

    /// <summary>True where there is a value; of an array, where it has an element.</summary>
    private LoweredScalar Present(Lowered lowered) => lowered switch
    {
        LoweredScalar scalar => Valid(scalar),
        LoweredElements elements => HasElement(elements),
        LoweredGroup => True(),
        // A made map is there, even if it is empty.
        LoweredSequence { Expression: BoundMapConstruction } => True(),
        LoweredGroupItems items => Exists(items),
        LoweredSequence { Expression: BoundSelect { Clauses: { Count: > 1 } clauses } } tuples => Some(clauses, 0, tuples.Scope),
        LoweredSequence sequence => Exists(sequence.Expression, sequence.Scope, null),
        // A row of a level is there, even if nothing is stored in it.
        LoweredRow { Path: "", Source: OwnRows } => True(),
        LoweredRow { Path: "", Source: FirstRows first } row =>
            Bits(new CountBetweenNode(row.Slot.Domain, first.Elements.Domain, first.Filters, 1, long.MaxValue), row.Slot),
        LoweredRow row => AnyPart(row),
        _ => throw new NotVectorisedException("Presence of what is not stored."),
    };

    private LoweredScalar Valid(LoweredScalar scalar)
    {
        if (scalar.Node is ConstantNode constant) return constant.Value is null ? False() : True();
        return Bits(new ValidNode(scalar.Node), scalar.Slot);
    }

    private LoweredScalar HasElement(LoweredElements elements) =>
        Bits(new CountBetweenNode(elements.Slot.Domain, _graph.Elements(elements.Source, elements.Path), [], 1, long.MaxValue), elements.Slot);

    // An object is there if one of its parts has a value.
    private LoweredScalar AnyPart(LoweredRow row)
    {
        List<LoweredScalar> parts = row.Type.Fields
            .Where(field => field.Type.IsScalar || field.Type.Kind is TypeKind.Object or TypeKind.Array or TypeKind.Map)
            .Select(field => Present(At(row.Source, row.Path.Length == 0 ? field.Name : row.Path + "." + field.Name, field.Type, row.Slot)))
            .ToList();
        return parts.Count == 0 ? False() : Combine(isAnd: false, parts, row.Slot);
    }

    private LoweredScalar NullTest(BoundNullTest node, Scope scope)
    {
        Lowered operand = Lower(node.Operand, scope);
        // A computed array may be empty, but it is not null.
        LoweredScalar present = operand is LoweredSequence or LoweredGroupItems ? True() : Present(operand);
        return node.Negated ? present : Not(present);
    }

    private LoweredScalar EmptyTest(BoundEmptyTest node, Scope scope)
    {
        Lowered operand = Lower(node.Operand, scope);
        LoweredScalar filled = operand is LoweredSequence { Expression: BoundMapConstruction map } ? Exists(map, scope, null)
            : operand is LoweredScalar { Node.Kind: ValueKind.Text } text ? NotBlank(text) : Present(operand);
        return node.Negated ? filled : Not(filled);
    }

    private LoweredScalar NotBlank(LoweredScalar text) => Bits(new TextTableNode(text.Node, "is not empty", value => value.Length > 0), text.Slot);

    private LoweredScalar Not(LoweredScalar operand) => Bits(new NotNode(operand.Node), operand.Slot);

    private LoweredScalar Combine(bool isAnd, List<LoweredScalar> operands, Slot current)
    {
        if (operands.Count == 0) return isAnd ? True() : False();
        if (operands is [var only]) return only;
        Slot slot = Meet(operands, current);
        List<Node> nodes = operands.ConvertAll(operand => Lift(operand, slot));
        return Bits(isAnd ? new AndNode(slot.Domain, nodes) : new OrNode(slot.Domain, nodes), slot);
    }
}
