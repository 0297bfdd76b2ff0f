using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Engine.Columns;
using Muster.Pql.Types;
using Muster.Storage.Profiles;

namespace Muster.Storage.Tests.Profiles;

/// <summary>The plain way from a block's columns to JSON, to compare with what DuckDB makes of the same rows.</summary>
internal static class BlockJson
{
    /// <summary>Everything there is of a type.</summary>
    public static void RequestAll(ColumnRequest request, DataType type, string name)
    {
        switch (type.Kind)
        {
            case TypeKind.Object:
                foreach (Field field in type.Fields) RequestAll(request, field.Type, name.Length == 0 ? field.Name : name + "." + field.Name);
                break;
            case TypeKind.Array:
                RequestAll(request.Child(name), type.Element!, "");
                break;
            case TypeKind.Map:
                request.Child(name).Columns.Add("key");
                RequestAll(request.Child(name), type.Element!, "value");
                break;
            default:
                request.Columns.Add(name);
                break;
        }
    }

    public static JsonNode? Read(Level level, int row, DataType type, string name)
    {
        switch (type.Kind)
        {
            case TypeKind.Object:
                var entity = new JsonObject();
                foreach (Field field in type.Fields)
                    if (Read(level, row, field.Type, name.Length == 0 ? field.Name : name + "." + field.Name) is { } value) entity.Add(field.Name, value);
                return entity.Count > 0 ? entity : null;
            case TypeKind.Array or TypeKind.Map:
                Level? child = level.FindChild(name);
                if (child is null || child.Offsets![row] == child.Offsets[row + 1]) return null;
                var list = new JsonArray();
                var map = new JsonObject();
                for (int i = child.Offsets[row]; i < child.Offsets[row + 1]; i++)
                {
                    JsonNode? item = Read(child, i, type.Element!, type.Kind == TypeKind.Map ? "value" : "");
                    if (type.Kind == TypeKind.Array) list.Add(item);
                    else if (item is not null) map[Scalar(child.FindColumn("key")!, i, DataType.String)!.GetValue<string>()] = item;
                }
                return type.Kind == TypeKind.Array ? list : map.Count > 0 ? map : null;
            default:
                return level.FindColumn(name) is { } column && column.IsValid(row) ? Scalar(column, row, type) : null;
        }
    }

    private static JsonNode? Scalar(Column column, int row, DataType type) => column switch
    {
        CodedColumn coded => JsonValue.Create(coded.Dictionary[coded.Codes[row]]),
        DoubleColumn doubles => JsonValue.Create(doubles.Values[row]),
        BooleanColumn booleans => JsonValue.Create((booleans.Bits[row >> 6] & (1UL << row)) != 0),
        Int64Column integers => type.Kind switch
        {
            TypeKind.Timestamp => JsonValue.Create(NestedJson.Instant(DateTimeOffset.FromUnixTimeMilliseconds(integers.Values[row]))),
            TypeKind.Date => JsonValue.Create(new DateOnly(1970, 1, 1).AddDays((int)integers.Values[row]).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(integers.Values[row]),
        },
        _ => throw new NotSupportedException(),
    };
}
