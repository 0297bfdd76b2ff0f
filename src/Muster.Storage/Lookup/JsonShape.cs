using System.Text;
using Muster.Pql.Types;
using Muster.Storage.Profiles;

namespace Muster.Storage.Lookup;

/// <summary>
/// What a JSON value is made of, for one pass over its text: the names of its fields as bytes, in the order in which they come.
/// </summary>
internal sealed class JsonShape
{
    private static readonly JsonShape _scalar = new(TypeKind.String);
    private static readonly JsonShape _timestamp = new(TypeKind.Timestamp);

    private JsonShape(TypeKind kind) => Kind = kind;

    /// <summary>Object, map, array, timestamp, or string for any other scalar.</summary>
    public TypeKind Kind { get; }

    /// <summary>The names of the fields of an object.</summary>
    public byte[][] Names { get; private init; } = [];

    /// <summary>The shapes of the fields of an object.</summary>
    public JsonShape[] Fields { get; private init; } = [];

    /// <summary>The shape of the elements of an array and the values of a map.</summary>
    public JsonShape? Element { get; private init; }

    /// <summary>The shape of the values of a type.</summary>
    public static JsonShape Of(DataType type) => type.Kind switch
    {
        TypeKind.Object => new JsonShape(TypeKind.Object)
        {
            Names = [.. type.Fields.Where(NestedJson.HasColumns).Select(f => Encoding.UTF8.GetBytes(f.Name))],
            Fields = [.. type.Fields.Where(NestedJson.HasColumns).Select(f => Of(f.Type))],
        },
        TypeKind.Array or TypeKind.Map => new JsonShape(type.Kind) { Element = Of(type.Element!) },
        TypeKind.Timestamp => _timestamp,
        _ => _scalar,
    };
}
