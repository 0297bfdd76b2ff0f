using Muster.Pql.Types;

namespace Muster.Storage.Exports;

/// <summary>Cuts an object type down to what some dotted paths name; paths go through arrays and map values.</summary>
internal static class FieldPruning
{
    /// <summary>The part of the type; a path that names an object keeps all of it, one that names nothing is left out.</summary>
    public static DataType Prune(DataType type, IEnumerable<string> paths)
    {
        var tree = new Node();
        foreach (string path in paths) tree.Add(path.Split('.'));
        return Prune(type, tree) ?? DataType.ObjectOf();
    }

    private static DataType? Prune(DataType type, Node node)
    {
        if (node.IsWhole) return type;
        switch (type.Kind)
        {
            case TypeKind.Object:
                Field[] fields = type.Fields.Where(f => node.Parts.ContainsKey(f.Name))
                    .Select(f => (f.Name, Type: Prune(f.Type, node.Parts[f.Name]))).Where(f => f.Type is not null)
                        .Select(f => new Field(f.Name, f.Type!)).ToArray();
                return fields.Length > 0 ? DataType.ObjectOf(fields) : null;
            case TypeKind.Array:
                return Prune(type.Element!, node) is { } element ? DataType.ArrayOf(element) : null;
            case TypeKind.Map:
                // Keys are data: the first part of the path names one, and all are kept.
                return type;
            default:
                return null;
        }
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Parts { get; } = new(StringComparer.Ordinal);

        public bool IsWhole { get; private set; }

        public void Add(ReadOnlySpan<string> path)
        {
            if (path.IsEmpty)
            {
                IsWhole = true;
                return;
            }

            if (!Parts.TryGetValue(path[0], out Node? part)) Parts.Add(path[0], part = new Node());
            part.Add(path[1..]);
        }
    }
}
