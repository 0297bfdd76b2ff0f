using Muster.Engine.Columns;

namespace Muster.Engine.Execution;

/// <summary>
/// The values of one node over the rows of a frame. The array of its kind is set, at least as long as needed; arrays belong to the frame's
/// arena or to a column of the block and are never written once the vector exists.
/// </summary>
internal sealed class Vector
{
    /// <summary>Bit i is set if row i has a value; null if all have. Bits past the last row are zero.</summary>
    public ulong[]? Validity { get; init; }

    /// <summary>Booleans; zero where not valid and past the last row.</summary>
    public ulong[] Bits { get; init; } = [];

    public long[] Longs { get; init; } = [];

    public double[] Doubles { get; init; } = [];

    /// <summary>Positions in <see cref="Table"/>; unspecified, even out of range, where not valid.</summary>
    public int[] Codes { get; init; } = [];

    /// <summary>The strings of the codes; not necessarily distinct.</summary>
    public string[] Table { get; init; } = [];

    /// <summary>The dictionary that the table is of, for what is kept per dictionary; null for computed strings.</summary>
    public StringDictionary? Dictionary { get; init; }

    public bool IsValid(int row) => Validity is null || (Validity[row >> 6] & (1UL << row)) != 0;

    public bool IsTrue(int row) => (Bits[row >> 6] & (1UL << row)) != 0;

    public string TextAt(int row) => Table[Codes[row]];
}
