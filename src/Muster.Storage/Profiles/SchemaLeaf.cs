using Muster.Pql.Types;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Profiles;

/// <summary>A column of a run: a field that is no plain object, named by its dotted path.</summary>
/// <param name="Path">The names from the root.</param>
/// <param name="Type">A scalar, an array or a map.</param>
internal sealed record SchemaLeaf(IReadOnlyList<string> Path, DataType Type)
{
    /// <summary>The dotted path.</summary>
    public string Name => string.Join('.', Path);

    /// <summary>The columns of an object type in the order of its fields.</summary>
    public static IEnumerable<SchemaLeaf> Of(DataType type) => Of(type, []);

    /// <summary>
    /// The value of this column from a row whose columns are those of <paramref name="source"/>; null if it does not have the field, or has it as
    /// something that cannot be converted. Empty arrays and maps are no values.
    /// </summary>
    public string Expression(DataType source)
    {
        DataType type = source;
        foreach (string name in Path)
        {
            if (type.Kind != TypeKind.Object || !type.TryGetField(name, out DataType? field)) return $"NULL::{SqlText.Type(Type)}";
            type = field;
        }
        string value = string.Join('.', Path.Select(SqlText.Identifier));
        if (type.IsScalar != Type.IsScalar || (!type.IsScalar && type.Kind != Type.Kind))
        {
            if (type.Kind is not (TypeKind.Unknown or TypeKind.Null) || !Type.IsScalar) return $"NULL::{SqlText.Type(Type)}";
        }
        if (type.Kind == TypeKind.Array) value = $"CASE WHEN len({value}) > 0 THEN {value} END";
        if (type.Kind == TypeKind.Map) value = $"CASE WHEN cardinality({value}) > 0 THEN {value} END";
        return SqlText.Type(type) == SqlText.Type(Type) ? value : $"TRY_CAST({value} AS {SqlText.Type(Type)})";
    }

    /// <summary>
    /// The type that holds the values of both: objects field by field, integers with doubles as doubles, anything with an unknown as itself, other
    /// scalars as text. Where an object meets something else, the first wins.
    /// </summary>
    public static DataType Unite(DataType first, DataType second)
    {
        if (first.Equals(second) || second.Kind is TypeKind.Unknown or TypeKind.Null) return first;
        if (first.Kind is TypeKind.Unknown or TypeKind.Null) return second;
        if (first.IsScalar && second.IsScalar) return first.IsNumeric && second.IsNumeric ? DataType.Double : DataType.String;
        if (first.Kind != second.Kind) return first;
        return first.Kind switch
        {
            TypeKind.Array => DataType.ArrayOf(Unite(first.Element!, second.Element!)),
            TypeKind.Map => DataType.MapOf(Unite(first.Element!, second.Element!)),
            TypeKind.Object => DataType.ObjectOf(first.Fields
                .Select(f => second.TryGetField(f.Name, out DataType? other) ? new Field(f.Name, Unite(f.Type, other)) : f)
                .Concat(second.Fields.Where(f => !first.TryGetField(f.Name, out _)))),
            _ => first,
        };
    }

    private static IEnumerable<SchemaLeaf> Of(DataType type, string[] path)
    {
        foreach (Field field in type.Fields)
        {
            string[] inner = [.. path, field.Name];
            if (field.Type.Kind == TypeKind.Object)
            {
                foreach (SchemaLeaf leaf in Of(field.Type, inner)) yield return leaf;
            }
            else
            {
                yield return new SchemaLeaf(inner, field.Type);
            }
        }
    }
}
