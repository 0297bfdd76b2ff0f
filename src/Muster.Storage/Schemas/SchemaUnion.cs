using Muster.Pql.Types;

namespace Muster.Storage.Schemas;

/// <summary>Puts object types together.</summary>
public static class SchemaUnion
{
    /// <summary>
    /// All fields of both. Integer and Double give Double; where the types do not fit, or names differ only in case, the first stays and
    /// the path
    /// is a conflict.
    /// </summary>
    public static SchemaUnionResult Of(DataType first, DataType second)
    {
        var conflicts = new List<SchemaConflict>();
        return new SchemaUnionResult(Merge(first, second, "", conflicts), conflicts);
    }

    /// <summary>
    /// A type observed in data, whose scalars become those of the standard where that has the path; standard maps may have been observed as
    /// objects.
    /// </summary>
    internal static DataType WithStandardTypes(DataType observed, DataType standard)
    {
        switch (observed.Kind, standard.Kind)
        {
            case (TypeKind.Object, TypeKind.Object):
                return DataType.ObjectOf(observed.Fields.Select(f =>
                    standard.TryGetField(f.Name, out DataType? type) ? new Field(f.Name, WithStandardTypes(f.Type, type)) : f));
            case (TypeKind.Array, TypeKind.Array):
                return DataType.ArrayOf(WithStandardTypes(observed.Element!, standard.Element!));
            case (TypeKind.Object or TypeKind.Map, TypeKind.Map) when standard.Element!.Kind != TypeKind.Unknown:
                return standard;
            default:
                return observed.IsScalar && standard.IsScalar ? standard : observed;
        }
    }

    private static DataType Merge(DataType first, DataType second, string path, List<SchemaConflict> conflicts)
    {
        if (first.Equals(second) || second.Kind is TypeKind.Unknown or TypeKind.Null) return first;
        if (first.Kind is TypeKind.Unknown or TypeKind.Null) return second;
        if (first.IsNumeric && second.IsNumeric) return DataType.Double;
        if (first.Kind == second.Kind)
        {
            switch (first.Kind)
            {
                case TypeKind.Array: return DataType.ArrayOf(Merge(first.Element!, second.Element!, path + "[*]", conflicts));
                case TypeKind.Map: return DataType.MapOf(Merge(first.Element!, second.Element!, path + ".*", conflicts));
                case TypeKind.Object: return MergeObjects(first, second, path, conflicts);
            }
        }

        conflicts.Add(new SchemaConflict(path, first, second));
        return first;
    }

    private static DataType MergeObjects(DataType first, DataType second, string path, List<SchemaConflict> conflicts)
    {
        var fields = new List<Field>();
        var names = new HashSet<string>(first.Fields.Select(f => f.Name), StringComparer.OrdinalIgnoreCase);
        foreach (Field field in first.Fields)
        {
            fields.Add(second.TryGetField(field.Name, out DataType? other)
                ? new Field(field.Name, Merge(field.Type, other, PathOf(path, field.Name), conflicts))
                : field);
        }

        foreach (Field field in second.Fields)
        {
            if (first.TryGetField(field.Name, out _)) continue;
            if (names.Add(field.Name)) fields.Add(field);
            else conflicts.Add(new SchemaConflict(PathOf(path, field.Name), null, field.Type));
        }

        return DataType.ObjectOf(fields);
    }

    private static string PathOf(string parent, string name) => parent.Length == 0 ? name : parent + "." + name;
}

/// <summary>A union and what did not fit into it.</summary>
/// <param name="Type">The union.</param>
/// <param name="Conflicts">Empty if all fitted.</param>
public sealed record SchemaUnionResult(DataType Type, IReadOnlyList<SchemaConflict> Conflicts);

/// <summary>A path that two schemas define differently.</summary>
/// <param name="Path">Where.</param>
/// <param name="Kept">The type that stays; null if a field that differs in case has the place.</param>
/// <param name="Dropped">The type that does not fit.</param>
public sealed record SchemaConflict(string Path, DataType? Kept, DataType Dropped);
