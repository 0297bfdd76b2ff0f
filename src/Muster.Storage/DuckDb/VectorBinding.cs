using DuckDB.NET.Native;
using Muster.Engine.Columns;
using static DuckDB.NET.Native.NativeMethods;

namespace Muster.Storage.DuckDb;

/// <summary>Matches the types of a query's columns with what a plan asked for, and makes the columns and levels that hold it.</summary>
/// <param name="dictionaries">The run's dictionaries by column, so that every block of a run gets the same objects.</param>
internal sealed class VectorBinding(EnumDictionaries dictionaries)
{
    /// <summary>
    /// What takes the vectors of a column of that type and name into <paramref name="level"/>; null if nothing of it was asked for. Names are those
    /// of <see cref="Level"/>; <paramref name="path"/> names the place in the run for the dictionaries.
    /// </summary>
    public IVectorSink? Bind(VectorLevel level, ColumnRequest request, string name, string path, DuckDBLogicalType type)
    {
        DuckDBType id = LogicalType.DuckDBGetTypeId(type);
        switch (id)
        {
            case DuckDBType.Struct:
                return BindStruct(level, request, name, path, type);
            case DuckDBType.List:
                {
                    if (!request.Children.TryGetValue(name, out ColumnRequest? wanted)) return null;
                    using DuckDBLogicalType element = LogicalType.DuckDBListTypeChildType(type);
                    var child = new VectorLevel();
                    level.Add(name, child);
                    if (Bind(child, wanted, "", path + "[]", element) is { } sink) child.FillBy(sink);
                    return child;
                }
            case DuckDBType.Map:
                {
                    if (!request.Children.TryGetValue(name, out ColumnRequest? wanted)) return null;
                    using DuckDBLogicalType key = LogicalType.DuckDBMapTypeKeyType(type), value = LogicalType.DuckDBMapTypeValueType(type);
                    var child = new VectorLevel();
                    level.Add(name, child);
                    var entry = new VectorStruct();
                    if (Bind(child, wanted, "key", path + "{key}", key) is { } keys) entry.Add(0, keys);
                    if (Bind(child, wanted, "value", path + "{}", value) is { } values) entry.Add(1, values);
                    if (!entry.IsEmpty) child.FillBy(entry);
                    return child;
                }
            default:
                if (!request.Columns.Contains(name)) return null;
                VectorColumn column = Scalar(id, type, path);
                level.Add(name, column);
                return column;
        }
    }

    private VectorStruct? BindStruct(VectorLevel level, ColumnRequest request, string name, string path, DuckDBLogicalType type)
    {
        var fields = new VectorStruct();
        for (int i = 0; i < (int)LogicalType.DuckDBStructTypeChildCount(type); i++)
        {
            string field = LogicalType.DuckDBStructTypeChildName(type, i);
            using DuckDBLogicalType fieldType = LogicalType.DuckDBStructTypeChildType(type, i);
            string inner = name.Length == 0 ? field : name + "." + field;
            if (Bind(level, request, inner, path + "." + field, fieldType) is { } sink) fields.Add(i, sink);
        }
        return fields.IsEmpty ? null : fields;
    }

    private VectorColumn Scalar(DuckDBType id, DuckDBLogicalType type, string path) => id switch
    {
        DuckDBType.Boolean => new BooleanVectorColumn(),
        DuckDBType.Integer => new Int64VectorColumn<int>(v => v),
        DuckDBType.BigInt => new Int64VectorColumn<long>(v => v),
        DuckDBType.Date => new Int64VectorColumn<int>(v => v),
        DuckDBType.Double => new DoubleVectorColumn(),
        // Microseconds to milliseconds, towards the past also before 1970.
        DuckDBType.Timestamp or DuckDBType.TimestampTz => new Int64VectorColumn<long>(v => v >= 0 ? v / 1000 : ((v + 1) / 1000) - 1),
        DuckDBType.Varchar => new TextVectorColumn(),
        DuckDBType.Enum => new EnumVectorColumn(LogicalType.DuckDBEnumInternalType(type), dictionaries.Get(path, type)),
        _ => throw new NotSupportedException($"A run has a column of type {id} at {path}."),
    };
}

/// <summary>The dictionaries of a run's ENUM columns, read once and then shared by all blocks. Thread-safe.</summary>
internal sealed class EnumDictionaries
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StringDictionary> _byPath = new(StringComparer.Ordinal);

    /// <summary>The dictionary of the column at a path, whose type is the ENUM <paramref name="type"/>.</summary>
    public StringDictionary Get(string path, DuckDBLogicalType type)
    {
        lock (_gate)
        {
            if (_byPath.TryGetValue(path, out StringDictionary? dictionary)) return dictionary;
            string[] values = new string[LogicalType.DuckDBEnumDictionarySize(type)];
            for (int i = 0; i < values.Length; i++) values[i] = LogicalType.DuckDBEnumDictionaryValue(type, i);
            dictionary = new StringDictionary(values);
            _byPath.Add(path, dictionary);
            return dictionary;
        }
    }
}
