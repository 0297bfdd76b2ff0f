using Muster.Pql.Types;

namespace Muster.Storage.Lake;

/// <summary>A type as DuckDB describes it.</summary>
/// <param name="Name">Of a scalar as it is (<c>INTEGER</c>, <c>TIMESTAMP WITH TIME ZONE</c>); STRUCT, MAP, or one of the lists.</param>
/// <param name="Fields">Of a struct.</param>
/// <param name="Element">The element of a list, the value of a map.</param>
/// <param name="Key">The key of a map.</param>
internal sealed record PhysicalType(
    string Name, IReadOnlyList<(string Name, PhysicalType Type)> Fields, PhysicalType? Element, PhysicalType? Key)
{
    public const string List = "LIST";
    public const string FixedList = "ARRAY";

    /// <summary>The type of its values here; types without a twin (uuid, blob, time, enum) are strings.</summary>
    public DataType ToDataType() => Name switch
    {
        "STRUCT" => DataType.ObjectOf(Fields.Select(f => new Field(f.Name, f.Type.ToDataType()))),
        "MAP" => DataType.MapOf(Element!.ToDataType()),
        List or FixedList => DataType.ArrayOf(Element!.ToDataType()),
        "BOOLEAN" => DataType.Boolean,
        "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" => DataType.Integer,
        "FLOAT" or "DOUBLE" or "DECIMAL" or "HUGEINT" or "UHUGEINT" or "UBIGINT" => DataType.Double,
        "DATE" => DataType.Date,
        _ when Name.StartsWith("TIMESTAMP", StringComparison.Ordinal) => DataType.Timestamp,
        _ => DataType.String,
    };

    /// <summary>
    /// Whether a cast makes of each value what reading it as text would: widths grow, a time without zone is UTC, fields may be missing.
    /// </summary>
    public bool CastsTo(DataType target) => target.Kind switch
    {
        TypeKind.Boolean => Name == "BOOLEAN",
        TypeKind.Integer => ToDataType().Kind == TypeKind.Integer,
        TypeKind.Double => Name is "DOUBLE" or "FLOAT" or "DECIMAL" || ToDataType().Kind == TypeKind.Integer,
        TypeKind.String => Name == "VARCHAR",
        TypeKind.Date => Name == "DATE",
        TypeKind.Timestamp => Name is "TIMESTAMP" or "TIMESTAMP WITH TIME ZONE" or "TIMESTAMP_MS" or "TIMESTAMP_S" or "DATE",
        TypeKind.Array => Name == List && Element!.CastsTo(target.Element!),
        TypeKind.Map => Name == "MAP" && Key!.Name == "VARCHAR" && Element!.CastsTo(target.Element!),
        TypeKind.Object => Name == "STRUCT" && Fields.All(f => target.TryGetField(f.Name, out DataType? type) && f.Type.CastsTo(type)),
        _ => false,
    };

    /// <summary>Whether values of it are values of the target without any cast, down to the order of fields.</summary>
    public bool Is(DataType target) => target.Kind switch
    {
        TypeKind.Integer => Name == "BIGINT",
        TypeKind.Double => Name == "DOUBLE",
        TypeKind.Timestamp => Name == "TIMESTAMP WITH TIME ZONE",
        TypeKind.Array or TypeKind.Map => CastsTo(target) && Element!.Is(target.Element!),
        TypeKind.Object => CastsTo(target) && Fields.Count == target.Fields.Count
            && Fields.Zip(target.Fields).All(p => p.First.Name == p.Second.Name && p.First.Type.Is(p.Second.Type)),
        _ => CastsTo(target),
    };
}
