using Muster.Engine.Columns;

namespace Muster.Engine.Tests.Specs;

/// <summary>
/// The same data in other columns: dictionaries in another order with strings that no row has, codes and values of rows without a value that
/// mean nothing, validity given where all rows are valid.
/// </summary>
internal static class OtherColumns
{
    public static Block Of(Block block) => new(block.Ordinals, block.Alive, Level(block.Profiles));

    private static Level Level(Level level) => new(level.Count, level.Offsets,
        level.Columns.ToDictionary(c => c.Key, c => Column(c.Value, level.Count), StringComparer.Ordinal),
        level.Children.ToDictionary(c => c.Key, c => Level(c.Value), StringComparer.Ordinal));

    private static Column Column(Column column, int count)
    {
        ulong[] validity = new ulong[(count + 63) / 64];
        for (int row = 0; row < count; row++)
            if (column.IsValid(row)) validity[row >> 6] |= 1UL << row;
        switch (column)
        {
            case Int64Column whole:
                return new Int64Column([.. Enumerable.Range(0, count).Select(row => whole.IsValid(row) ? whole.Values[row] : long.MaxValue)], validity);
            case DoubleColumn number:
                return new DoubleColumn([.. Enumerable.Range(0, count).Select(row => number.IsValid(row) ? number.Values[row] : double.NaN)], validity);
            case CodedColumn text:
                string[] table = ["no row has this", .. text.Dictionary.Values.ToArray().Reverse(), "nor this"];
                return new CodedColumn([.. Enumerable.Range(0, count).Select(row => text.IsValid(row) ? text.Dictionary.Count - text.Codes[row] : 0)],
                    new StringDictionary(table), validity);
            case BooleanColumn truth: return new BooleanColumn(truth.Bits, validity);
            default: return column;
        }
    }
}
