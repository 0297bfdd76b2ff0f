using Muster.Pql.Types;
using Muster.Storage.Schemas;

namespace Muster.Storage.Lake;

/// <summary>The targets of a mapping as the tree that each record is written by.</summary>
internal sealed class MappingTree
{
    private const int MaximumIndex = 999;

    private MappingTree(string name) => Name = name;

    /// <summary>The name of the field; empty for the root and elements.</summary>
    public string Name { get; }

    /// <summary>The fields of an object or, if <see cref="IsArray"/>, its elements in order.</summary>
    public List<MappingTree> Children { get; } = [];

    public bool IsArray { get; private set; }

    /// <summary>The value of a leaf; otherwise null.</summary>
    public MappedField? Leaf { get; private set; }

    /// <summary>Builds the tree, without the identities.</summary>
    /// <exception cref="FormatException">A target is no path, or part of another one.</exception>
    public static MappingTree Of(RecordMapping mapping)
    {
        var root = new MappingTree("");
        foreach (MappedField field in mapping.Fields)
        {
            MappingTree node = root;
            foreach (string step in field.Target.Split('.')) node = node.Step(step, field.Target);
            if (node.Leaf is not null || node.Children.Count > 0)
                throw new FormatException($"The target '{field.Target}' of the mapping is given twice or is part of another one.");
            node.Leaf = field;
        }

        if (mapping.Identities.Count > 0
            && root.Children.Any(c => c.Name.Equals(RecordColumns.IdentityMap, StringComparison.OrdinalIgnoreCase)))
            throw new FormatException("The mapping has both 'identities' and fields of identityMap.");
        root.CheckArrays("");
        return root;
    }

    /// <summary>The types that the mapping gives to fields; null if it gives none.</summary>
    public DataType? DeclaredType()
    {
        if (Leaf is not null) return Leaf.Type;
        if (IsArray)
        {
            DataType? element = null;
            foreach (DataType type in Children.Select(c => c.DeclaredType()).OfType<DataType>())
                element = element is null ? type : SchemaUnion.Of(element, type).Type;
            return element is null ? null : DataType.ArrayOf(element);
        }

        var fields = new List<Field>();
        foreach (MappingTree child in Children)
            if (child.DeclaredType() is { } type) fields.Add(new Field(child.Name, type));
        return fields.Count == 0 ? null : DataType.ObjectOf(fields);
    }

    private MappingTree Step(string step, string target)
    {
        int bracket = step.IndexOf('[', StringComparison.Ordinal);
        string name = bracket < 0 ? step : step[..bracket];
        MappingTree node = Child(c => c.Name == name, name, isArray: false, target);
        if (bracket < 0) return node;
        if (step[^1] != ']' || !int.TryParse(step.AsSpan((bracket + 1)..^1), out int index) || index is < 0 or > MaximumIndex)
            throw new FormatException($"The target '{target}' of the mapping has an index that is no number from 0 to {MaximumIndex}.");
        string element = index.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return node.Child(c => c.Name == element, element, isArray: true, target);
    }

    private MappingTree Child(Predicate<MappingTree> match, string name, bool isArray, string target)
    {
        if (!FieldNames.IsUsable(name))
            throw new FormatException($"The target '{target}' of the mapping has a name that no field can have.");
        if (Leaf is not null || (Children.Count > 0 && IsArray != isArray))
            throw new FormatException($"The target '{target}' of the mapping does not go with another one.");
        IsArray = isArray;
        if (Children.Find(match) is { } found) return found;
        if (Children.Exists(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            throw new FormatException($"The target '{target}' of the mapping differs from another one only in case.");
        Children.Add(new MappingTree(name));
        return Children[^1];
    }

    private void CheckArrays(string path)
    {
        if (IsArray)
        {
            Children.Sort((a, b) => int.Parse(a.Name, null) - int.Parse(b.Name, null));
            if (int.Parse(Children[^1].Name, null) != Children.Count - 1)
                throw new FormatException($"The mapping leaves out elements of the array '{path}'.");
        }

        foreach (MappingTree child in Children) child.CheckArrays(IsArray ? path : path.Length == 0 ? child.Name : path + "." + child.Name);
    }
}
