using Muster.Engine.Columns;
using Muster.Pql.Types;

namespace Muster.Engine.Planning;

/// <summary>The part of a column request that belongs to the rows of a source.</summary>
internal static class RequestPath
{
    public static ColumnRequest Of(ColumnRequest profiles, RowSource source)
    {
        switch (source)
        {
            case EntryRows entry:
                ColumnRequest entries = Of(profiles, entry.Owner).Child(entry.Path);
                entries.Columns.Add("key");
                return entries;
            case FirstRows first:
                return Of(profiles, first.Elements);
            default:
                return Of(profiles, source.Domain);
        }
    }

    public static ColumnRequest Of(ColumnRequest profiles, Domain domain) => domain switch
    {
        { IsPairs: true } => throw new InvalidOperationException("Pairs have no columns of their own."),
        { Parent: null } => profiles,
        { Inner: { } grouped } => Of(profiles, grouped),
        _ => Of(profiles, domain.Source!).Child(domain.Path),
    };

    /// <summary>Adds all columns and child levels under a path.</summary>
    public static void AddAll(ColumnRequest request, string path, DataType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Object:
                foreach (Field field in type.Fields) AddAll(request, path.Length == 0 ? field.Name : path + "." + field.Name, field.Type);
                break;
            case TypeKind.Array:
                AddAll(request.Child(path), "", type.Element!);
                break;
            case TypeKind.Map:
                request.Child(path).Columns.Add("key");
                AddAll(request.Child(path), "value", type.Element!);
                break;
            default:
                if (type.IsScalar) request.Columns.Add(path);
                break;
        }
    }
}
