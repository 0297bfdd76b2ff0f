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
        string value = Convert(string.Join('.', Path.Select(SqlText.Identifier)), type, Type, 0);
        return Type.Kind switch
        {
            TypeKind.Array => $"CASE WHEN len({value}) > 0 THEN {value} END",
            TypeKind.Map => $"CASE WHEN cardinality({value}) > 0 THEN {value} END",
            _ => value,
        };
    }

    /// <summary>The value of this column from a row of a run, whose columns are those of its type by dotted path; null as in <see cref="Expression"/>.</summary>
    public string FlatExpression(DataType run)
    {
        SchemaLeaf? stored = Of(run).FirstOrDefault(l => l.Name == Name);
        if (stored is null) return $"NULL::{SqlText.Type(Type)}";
        return Convert($"CAST({SqlText.Identifier(Name)} AS {SqlText.Type(stored.Type)})", stored.Type, Type, 0);
    }

    /// <summary>
    /// The type that holds the values of both: objects field by field, integers with doubles as doubles, anything with an unknown as itself, other
    /// scalars as text. Where an object meets something else, the first wins.
    /// So it does where names differ by case alone: DuckDB's do not.
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
                .Concat(second.Fields.ExceptBy(first.Fields.Select(f => f.Name), f => f.Name, StringComparer.OrdinalIgnoreCase))),
            _ => first,
        };
    }

    // Field by field: a cast of structs is refused when they have no field in common.
    private static string Convert(string value, DataType from, DataType to, int depth)
    {
        string type = SqlText.Type(to), item = "x" + depth;
        if (SqlText.Type(from) == type) return value;
        if (from.IsScalar && to.IsScalar) return $"TRY_CAST({value} AS {type})";
        if (from.Kind != to.Kind) return $"NULL::{type}";
        switch (to.Kind)
        {
            case TypeKind.Array:
                return $"list_transform({value}, {item} -> {Convert(item, from.Element!, to.Element!, depth + 1)})";
            case TypeKind.Map:
                string entry = $"struct_pack(k := {item}.key, v := {Convert(item + ".value", from.Element!, to.Element!, depth + 1)})";
                return $"CASE WHEN {value} IS NOT NULL THEN map_from_entries(list_transform(map_entries({value}), {item} -> {entry})) END";
            case TypeKind.Object:
                IEnumerable<string> fields = to.Fields.Select(f => $"{SqlText.Identifier(f.Name)} := " + (from.TryGetField(f.Name, out DataType? field)
                    ? Convert($"{value}.{SqlText.Identifier(f.Name)}", field, f.Type, depth + 1)
                    : $"NULL::{SqlText.Type(f.Type)}"));
                return $"CASE WHEN {value} IS NOT NULL THEN struct_pack({string.Join(", ", fields)}) END";
            default:
                return $"NULL::{type}";
        }
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
