using System.Text;
using System.Text.Json;
using Muster.Pql.Types;
using Muster.Storage.Schemas;

namespace Muster.Storage.Lake;

/// <summary>
/// A type prepared for reading values of it. Owned by one reader at a time, for it marks which fields of the object at hand were read.
/// </summary>
internal sealed class FieldPlan
{
    private readonly Dictionary<string, FieldPlan>? _byName;

    private FieldPlan(string name, string path, DataType type, string[]? ignored = null)
    {
        Path = path;
        Name = name;
        Utf8Name = Encoding.UTF8.GetBytes(name);
        JsonName = [.. JsonSerializer.SerializeToUtf8Bytes(name), (byte)':'];
        Type = type;
        Ignored = ignored ?? [];
        switch (type.Kind)
        {
            case TypeKind.Array:
                Element = new FieldPlan("", path + "[*]", type.Element!, ignored);
                break;
            case TypeKind.Map:
                Element = new FieldPlan("", path + ".*", type.Element!, ignored);
                break;
            case TypeKind.Object:
                string prefix = path.Length == 0 ? "" : path + ".";
                Children = [.. type.Fields.Select(f => new FieldPlan(f.Name, prefix + f.Name, f.Type, IgnoredOf(f)))];
                _byName = Children.ToDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);
                break;
        }
    }

    /// <summary>The path for messages: <c>productListItems[*].priceTotal</c>, <c>identityMap.*[*].id</c>.</summary>
    public string Path { get; }

    public string Name { get; }

    public byte[] Utf8Name { get; }

    /// <summary>The name as JSON with a colon.</summary>
    public byte[] JsonName { get; }

    public DataType Type { get; }

    public FieldPlan[] Children { get; } = [];

    public FieldPlan? Element { get; }

    /// <summary>Fields of the elements that the platform knows and this store does not keep.</summary>
    public string[] Ignored { get; }

    /// <summary>Whether the value is the id of an identity in the identity map.</summary>
    public bool IsIdentity { get; private set; }

    /// <summary>The object in which this field was read last: the same one again is a duplicate.</summary>
    public long ReadIn { get; set; }

    /// <summary>Prepares the type of a record.</summary>
    public static FieldPlan ForRecord(DataType type)
    {
        var plan = new FieldPlan("", "", type);
        FieldPlan? element = plan.Find(RecordColumns.IdentityMap)?.Element?.Element;
        if (element?.Find("id") is { } id) id.IsIdentity = true;
        return plan;
    }

    /// <summary>Finds a field by name, also by one that differs only in case; null if there is none.</summary>
    public FieldPlan? Find(string name) => _byName is not null && _byName.TryGetValue(name, out FieldPlan? child) ? child : null;

    private static string[]? IgnoredOf(Field field) =>
        field.Type.Equals(XdmStandardSchema.IdentityMap) ? ["xid"]
        : field.Type.Equals(XdmStandardSchema.SegmentMembership) ? ["timerSpec"]
        : null;
}
