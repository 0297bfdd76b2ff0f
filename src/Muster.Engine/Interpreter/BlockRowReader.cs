using Muster.Engine.Columns;
using Muster.Engine.Values;
using Muster.Pql.Types;

namespace Muster.Engine.Interpreter;

/// <summary>
/// Reads profiles out of a block as value trees. What the block does not hold is null; an object without any value is null, but an
/// element of
/// an array of objects is there even if it is empty. Thread-safe.
/// </summary>
/// <param name="block">The block.</param>
/// <param name="schema">The schema that the block was made with.</param>
public sealed class BlockRowReader(Block block, ProfileSchema schema)
{
    /// <summary>The profile of a row of the block.</summary>
    public ObjectValue Read(int row) => (ObjectValue)Element(block.Profiles, row, schema.Profile)!;

    private static object? Element(Level level, int row, DataType type) => type.Kind == TypeKind.Object
        ? Object(level, row, "", type) ?? new ObjectValue(new Dictionary<string, object?>())
        : At(level, row, "", type);

    private static object? At(Level level, int row, string path, DataType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Object:
                return Object(level, row, path, type);
            case TypeKind.Array:
                if (level.FindChild(path) is not { } elements || IsEmpty(elements, row)) return null;
                return Enumerable.Range(elements.Offsets![row], elements.Offsets[row + 1] - elements.Offsets[row])
                    .Select(child => Element(elements, child, type.Element!)).ToArray();
            case TypeKind.Map:
                if (level.FindChild(path) is not { } entries || IsEmpty(entries, row)) return null;
                return new MapValue(Enumerable.Range(entries.Offsets![row], entries.Offsets[row + 1] - entries.Offsets[row])
                    .Select(child => Entry(entries, child, type.Element!)).ToArray());
            default:
                return Scalar(level.FindColumn(path), row, type);
        }
    }

    private static ObjectValue? Object(Level level, int row, string path, DataType type)
    {
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (Field field in type.Fields)
            if (At(level, row, path.Length == 0 ? field.Name : path + "." + field.Name, field.Type) is { } value) fields.Add(field.Name, value);
        return fields.Count == 0 ? null : new ObjectValue(fields);
    }

    private static KeyValuePair<string, object?> Entry(Level entries, int row, DataType value) =>
        new((string)Scalar(entries.FindColumn("key"), row, DataType.String)!, At(entries, row, "value", value));

    private static bool IsEmpty(Level level, int parentRow) => level.Offsets![parentRow] == level.Offsets[parentRow + 1];

    private static object? Scalar(Column? column, int row, DataType type)
    {
        if (column is null || !column.IsValid(row)) return null;
        return (column, type.Kind) switch
        {
            (Int64Column c, TypeKind.Timestamp) => new Timestamp(c.Values[row]),
            (Int64Column c, TypeKind.Date) => new Date(c.Values[row]),
            (Int64Column c, TypeKind.Double) => (double)c.Values[row],
            (Int64Column c, TypeKind.Integer) => c.Values[row],
            (DoubleColumn c, TypeKind.Double) => c.Values[row],
            (DoubleColumn c, TypeKind.Integer) => Conversion.WholeOf(c.Values[row]),
            (BooleanColumn c, TypeKind.Boolean) => (c.Bits[row >> 6] & (1UL << row)) != 0,
            (CodedColumn c, TypeKind.String) => c.Dictionary[c.Codes[row]],
            _ => null,
        };
    }
}
