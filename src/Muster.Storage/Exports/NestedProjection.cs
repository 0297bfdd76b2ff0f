using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Profiles;

namespace Muster.Storage.Exports;

/// <summary>
/// SQL that makes nested values again out of a run's flat columns: text instead of codes, objects out of dotted columns, null for an object
/// without any value, null for what this run does not have.
/// </summary>
/// <param name="alias">The table's alias.</param>
/// <param name="columns">The run's columns of that table.</param>
/// <param name="stored">The run's own type of the table's rows: what its lists hold.</param>
/// <param name="ofEvents">Whether the rows are events.</param>
internal sealed class NestedProjection(string alias, IReadOnlySet<string> columns, DataType stored, bool ofEvents)
{
    /// <summary>The expression of one field.</summary>
    /// <param name="path">Dotted path of the field.</param>
    /// <param name="type">The type that the value shall have; for lists of objects it may have fewer fields than the stored one.</param>
    public string Field(string path, DataType type)
    {
        if (type.Kind != TypeKind.Object || type.Fields.Count == 0)
            return columns.Contains(path) || (ofEvents && path == RunFormat.IdentityMap && StoredType(path) is not null) ? Leaf(Column(path), StoredType(path), type)
                : $"NULL::{SqlText.Type(type)}";
        string[] leaves = Leaves(path, type).Where(columns.Contains).ToArray();
        if (leaves.Length == 0) return $"NULL::{SqlText.Type(type)}";
        string fields = string.Join(", ", type.Fields.Select(f => $"{SqlText.Identifier(f.Name)} := {Field(path + "." + f.Name, f.Type)}"));
        string any = string.Join(" OR ", leaves.Select(l => $"{alias}.{SqlText.Identifier(l)} IS NOT NULL"));
        return $"CASE WHEN {any} THEN struct_pack({fields}) END";
    }

    private string Column(string path) => ofEvents && path == RunFormat.IdentityMap && stored.TryGetField(path, out DataType? map)
        ? EventIdentities.Expression(map, columns.Contains(path), alias + ".")
        : $"{alias}.{SqlText.Identifier(path)}";

    private static string Leaf(string value, DataType? stored, DataType wanted)
    {
        if (stored is { Kind: TypeKind.Array } && wanted is { Kind: TypeKind.Array } && !stored.Equals(wanted))
            return $"CAST(list_transform({value}, x -> {Element("x", stored.Element!, wanted.Element!)}) AS {SqlText.Type(wanted)})";
        return stored is not null && stored.Kind != wanted.Kind && !(stored.IsScalar && wanted.IsScalar) ? $"NULL::{SqlText.Type(wanted)}"
            : $"CAST({value} AS {SqlText.Type(wanted)})";
    }

    /// <summary>An element of a list, cut down or widened to the wanted fields.</summary>
    private static string Element(string value, DataType stored, DataType wanted)
    {
        if (stored.Kind != TypeKind.Object || wanted.Kind != TypeKind.Object || stored.Equals(wanted)) return Leaf(value, stored, wanted);
        IEnumerable<string> fields = wanted.Fields.Select(f => SqlText.Identifier(f.Name) + " := "
            + (stored.TryGetField(f.Name, out DataType? type) ? Element($"{value}.{SqlText.Identifier(f.Name)}", type, f.Type)
                : $"NULL::{SqlText.Type(f.Type)}"));
        return $"struct_pack({string.Join(", ", fields)})";
    }

    private DataType? StoredType(string path)
    {
        DataType? type = stored;
        foreach (string part in path.Split('.'))
            if (!type.TryGetField(part, out type)) return null;
        return type;
    }

    private static IEnumerable<string> Leaves(string path, DataType type) =>
        type.Kind == TypeKind.Object && type.Fields.Count > 0 ? type.Fields.SelectMany(f => Leaves(path + "." + f.Name, f.Type)) : [path];
}
