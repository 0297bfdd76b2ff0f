namespace Muster.Engine.Columns;

/// <summary>
/// The values of one field at one level of a block: one entry a row of the level. Immutable once it is in a block, so it may be read by many
/// threads. Rows that are not valid hold an unspecified value.
/// </summary>
/// <param name="validity">Bit i (word i / 64, least significant first) is set if row i has a value; null if all rows have.</param>
public abstract class Column(ulong[]? validity)
{
    /// <summary>Bit i is set if row i has a value; null if all rows have one. Bits past the last row are zero.</summary>
    public ulong[]? Validity { get; } = validity;

    /// <summary>True if row <paramref name="row"/> has a value.</summary>
    public bool IsValid(int row) => Validity is null || (Validity[row >> 6] & (1UL << row)) != 0;
}

/// <summary>Integers, timestamps (milliseconds since the epoch) and dates (days since the epoch).</summary>
/// <param name="values">At least as long as the level has rows.</param>
/// <param name="validity">See <see cref="Column"/>.</param>
public sealed class Int64Column(long[] values, ulong[]? validity) : Column(validity)
{
    /// <summary>One value a row.</summary>
    public long[] Values { get; } = values;
}

/// <summary>Doubles.</summary>
/// <param name="values">At least as long as the level has rows.</param>
/// <param name="validity">See <see cref="Column"/>.</param>
public sealed class DoubleColumn(double[] values, ulong[]? validity) : Column(validity)
{
    /// <summary>One value a row.</summary>
    public double[] Values { get; } = values;
}

/// <summary>Booleans, a bit a row.</summary>
/// <param name="bits">Bit i is the value of row i; zero where the row is not valid and past the last row.</param>
/// <param name="validity">See <see cref="Column"/>.</param>
public sealed class BooleanColumn(ulong[] bits, ulong[]? validity) : Column(validity)
{
    /// <summary>Bit i is the value of row i.</summary>
    public ulong[] Bits { get; } = bits;
}

/// <summary>Strings as codes of a dictionary.</summary>
/// <param name="codes">At least as long as the level has rows; a valid row's code is in [0, dictionary.Count).</param>
/// <param name="dictionary">What the codes mean: of the whole run, or of this block alone where values hardly repeat.</param>
/// <param name="validity">See <see cref="Column"/>.</param>
public sealed class CodedColumn(int[] codes, StringDictionary dictionary, ulong[]? validity) : Column(validity)
{
    /// <summary>One code a row.</summary>
    public int[] Codes { get; } = codes;

    /// <summary>What the codes mean.</summary>
    public StringDictionary Dictionary { get; } = dictionary;
}
