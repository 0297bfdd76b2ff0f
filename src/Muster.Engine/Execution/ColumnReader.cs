using Muster.Engine.Columns;
using Muster.Engine.Nodes;
using Muster.Engine.Planning;
using Muster.Engine.Values;

namespace Muster.Engine.Execution;

/// <summary>Makes vectors of the columns of a block, without a copy where the rows are those of the level.</summary>
internal static class ColumnReader
{
    /// <param name="column">The column.</param>
    /// <param name="kind">What the plan wants; numbers of the other kind are converted, any other column is null.</param>
    /// <param name="rows">The column's row for each row of the frame, -1 for none; null if they are the same.</param>
    /// <param name="frame">The rows wanted.</param>
    public static Vector Read(Column column, ValueKind kind, int[]? rows, Frame frame)
    {
        Vector? whole = (column, kind) switch
        {
            (Int64Column c, ValueKind.Int64) => new Vector { Longs = c.Values, Validity = c.Validity },
            (DoubleColumn c, ValueKind.Double) => new Vector { Doubles = c.Values, Validity = c.Validity },
            (BooleanColumn c, ValueKind.Bits) => new Vector { Bits = c.Bits, Validity = c.Validity },
            (CodedColumn c, ValueKind.Text) => new Vector { Codes = c.Codes, Table = c.Dictionary.Table, Dictionary = c.Dictionary, Validity = c.Validity },
            _ => null,
        };
        if (whole is not null) return rows is null ? whole : Gathering.Gather(whole, kind, rows, frame);
        return Convert(column, kind, rows, frame);
    }

    // Numbers that the data has in the other kind: rare, so row by row.
    private static Vector Convert(Column column, ValueKind kind, int[]? rows, Frame frame)
    {
        ulong[] validity = frame.Arena.Bitmap(frame.Count);
        long[] longs = kind == ValueKind.Int64 ? frame.Arena.Longs(frame.Count) : [];
        double[] doubles = kind == ValueKind.Double ? frame.Arena.Doubles(frame.Count) : [];
        if (!(column is Int64Column && kind == ValueKind.Double) && !(column is DoubleColumn && kind == ValueKind.Int64))
            return ConstantNode.Fill(frame, kind, null);
        for (int i = 0; i < frame.Count; i++)
        {
            int row = rows is null ? i : rows[i];
            if (row < 0 || !column.IsValid(row)) continue;
            if (column is Int64Column integers) doubles[i] = integers.Values[row];
            else if (Conversion.WholeOf(((DoubleColumn)column).Values[row]) is { } number) longs[i] = number;
            else continue;
            Bitmaps.Set(validity, i);
        }
        return new Vector { Longs = longs, Doubles = doubles, Validity = validity };
    }
}
