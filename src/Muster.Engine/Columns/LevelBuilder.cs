using System.Text.Json;
using Muster.Pql.Types;

namespace Muster.Engine.Columns;

/// <summary>Collects the rows of one level: its columns by dotted name and its child levels.</summary>
internal sealed class LevelBuilder
{
    private readonly DataType _type;
    private readonly bool _isMap;
    private readonly Dictionary<string, ColumnBuilder> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LevelBuilder> _children = new(StringComparer.Ordinal);
    private readonly List<int> _offsets = [0];
    private int _count;

    private LevelBuilder(DataType type, bool isMap)
    {
        _type = type;
        _isMap = isMap;
        if (isMap) _columns.Add("key", new ColumnBuilder(DataType.String));
        Declare(isMap ? "value" : "", type);
    }

    /// <summary>The rows are elements of an array of that type; also the root, whose rows are profiles.</summary>
    public static LevelBuilder OfElements(DataType element) => new(element, isMap: false);

    private static LevelBuilder OfEntries(DataType value) => new(value, isMap: true);

    public void AddRow(JsonElement value) => AddRow(key: null, value);

    public Level Build(bool isRoot)
    {
        var columns = new Dictionary<string, Column>(StringComparer.Ordinal);
        foreach ((string name, ColumnBuilder column) in _columns) columns.Add(name, column.Build());
        var children = new Dictionary<string, Level>(StringComparer.Ordinal);
        foreach ((string name, LevelBuilder child) in _children) children.Add(name, child.Build(isRoot: false));
        return new Level(_count, isRoot ? null : [.. _offsets], columns, children);
    }

    private void Declare(string path, DataType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Object:
                foreach (Field field in type.Fields) Declare(path.Length == 0 ? field.Name : path + "." + field.Name, field.Type);
                break;
            case TypeKind.Array:
                _children.Add(path, OfElements(type.Element!));
                break;
            case TypeKind.Map:
                _children.Add(path, OfEntries(type.Element!));
                break;
            default:
                if (type.IsScalar) _columns.Add(path, new ColumnBuilder(type));
                break;
        }
    }

    private void AddRow(string? key, JsonElement value)
    {
        if (_isMap) _columns["key"].Add(_count, key);
        Fill(_isMap ? "value" : "", _type, value);
        _count++;
        foreach (LevelBuilder child in _children.Values) child.CloseParentRow(_count);
        foreach (ColumnBuilder column in _columns.Values) column.CloseRow(_count);
    }

    private void CloseParentRow(int parentCount)
    {
        while (_offsets.Count <= parentCount) _offsets.Add(_count);
    }

    private void Fill(string path, DataType type, JsonElement value)
    {
        switch (type.Kind)
        {
            case TypeKind.Object when value.ValueKind == JsonValueKind.Object:
                foreach (Field field in type.Fields)
                    if (value.TryGetProperty(field.Name, out JsonElement part)) Fill(path.Length == 0 ? field.Name : path + "." + field.Name, field.Type, part);
                break;
            case TypeKind.Array when value.ValueKind == JsonValueKind.Array:
                bool isEvents = path == ProfileSchema.EventArray;
                foreach (JsonElement item in isEvents ? BlockBuilder.InTimeOrder(value) : value.EnumerateArray()) _children[path].AddRow(item);
                break;
            case TypeKind.Map when value.ValueKind == JsonValueKind.Object:
                foreach (JsonProperty entry in value.EnumerateObject()) _children[path].AddRow(entry.Name, entry.Value);
                break;
            default:
                if (type.IsScalar) _columns[path].Add(_count, Scalar(value));
                break;
        }
    }

    private static object? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out long whole) ? whole : value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null,
        _ => null,
    };
}
