using System.Diagnostics.CodeAnalysis;

namespace Muster.Pql.Types;

/// <summary>A PQL type: immutable, compared by structure. Object fields keep their order, which does not count in comparison.</summary>
public sealed class DataType : IEquatable<DataType>
{
    private readonly IReadOnlyDictionary<string, DataType>? _byName;

    private DataType(TypeKind kind, DataType? element = null, IReadOnlyList<Field>? fields = null)
    {
        Kind = kind;
        Element = element;
        Fields = fields ?? [];
        _byName = fields?.ToDictionary(f => f.Name, f => f.Type, StringComparer.Ordinal);
    }

    /// <summary>See <see cref="TypeKind.Unknown"/>.</summary>
    public static DataType Unknown { get; } = new(TypeKind.Unknown);

    /// <summary>See <see cref="TypeKind.Null"/>.</summary>
    public static DataType Null { get; } = new(TypeKind.Null);

    /// <summary>See <see cref="TypeKind.Boolean"/>.</summary>
    public static DataType Boolean { get; } = new(TypeKind.Boolean);

    /// <summary>See <see cref="TypeKind.Integer"/>.</summary>
    public static DataType Integer { get; } = new(TypeKind.Integer);

    /// <summary>See <see cref="TypeKind.Double"/>.</summary>
    public static DataType Double { get; } = new(TypeKind.Double);

    /// <summary>See <see cref="TypeKind.String"/>.</summary>
    public static DataType String { get; } = new(TypeKind.String);

    /// <summary>See <see cref="TypeKind.Timestamp"/>.</summary>
    public static DataType Timestamp { get; } = new(TypeKind.Timestamp);

    /// <summary>See <see cref="TypeKind.Date"/>.</summary>
    public static DataType Date { get; } = new(TypeKind.Date);

    /// <summary>See <see cref="TypeKind.Tuple"/>.</summary>
    public static DataType Tuple { get; } = new(TypeKind.Tuple);

    /// <summary>The kind of this type.</summary>
    public TypeKind Kind { get; }

    /// <summary>The element type of an array, the value type of a map; null otherwise.</summary>
    public DataType? Element { get; }

    /// <summary>The fields of an object; empty otherwise.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>Integer or Double.</summary>
    public bool IsNumeric => Kind is TypeKind.Integer or TypeKind.Double;

    /// <summary>Timestamp or Date.</summary>
    public bool IsTemporal => Kind is TypeKind.Timestamp or TypeKind.Date;

    /// <summary>Boolean, number, string, timestamp or date: a value without parts.</summary>
    public bool IsScalar =>
        Kind is TypeKind.Boolean or TypeKind.Integer or TypeKind.Double or TypeKind.String or TypeKind.Timestamp or TypeKind.Date;

    /// <summary>An array of <paramref name="element"/>.</summary>
    public static DataType ArrayOf(DataType element) => new(TypeKind.Array, element);

    /// <summary>A map from strings to <paramref name="value"/>.</summary>
    public static DataType MapOf(DataType value) => new(TypeKind.Map, value);

    /// <summary>An object. Names are case-sensitive and must be distinct.</summary>
    /// <exception cref="ArgumentException">Two fields have one name.</exception>
    public static DataType ObjectOf(IEnumerable<Field> fields) => new(TypeKind.Object, fields: fields.ToArray());

    /// <summary>An object of the given (name, type) pairs.</summary>
    public static DataType ObjectOf(params (string Name, DataType Type)[] fields) =>
        ObjectOf(fields.Select(f => new Field(f.Name, f.Type)));

    /// <summary>Finds a field of an object type; false for other kinds and unknown names.</summary>
    public bool TryGetField(string name, [NotNullWhen(true)] out DataType? type)
    {
        type = null;
        return _byName is not null && _byName.TryGetValue(name, out type);
    }

    /// <inheritdoc/>
    public bool Equals(DataType? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || Kind != other.Kind || Fields.Count != other.Fields.Count) return false;
        return Equals(Element, other.Element) && Fields.All(f => other.TryGetField(f.Name, out DataType? type) && f.Type.Equals(type));
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DataType);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Element, Fields.Count);

    /// <summary>For messages: <c>Array&lt;Object{a: String}&gt;</c>; objects of more than four fields are cut.</summary>
    public override string ToString() => Kind switch
    {
        TypeKind.Array => $"Array<{Element}>",
        TypeKind.Map => $"Map<String, {Element}>",
        TypeKind.Object when Fields.Count > 0 => "Object{" + string.Join(", ", Fields.Take(4).Select(f => $"{f.Name}: {f.Type}")) + (Fields.Count > 4 ? ", ..." : "") + "}",
        _ => Kind.ToString(),
    };
}

/// <summary>A named part of an object type.</summary>
/// <param name="Name">Case-sensitive.</param>
/// <param name="Type">The type of its value.</param>
public sealed record Field(string Name, DataType Type);
