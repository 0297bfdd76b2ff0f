namespace Muster.Storage.Lake;

/// <summary>
/// When a load begins another lake file, so that erasing a person from one later rewrites a bounded file. An input file that goes to the
/// lake as it is stays whole if it is not larger than <paramref name="ParquetBytes"/>.
/// </summary>
/// <param name="Rows">The records of a file; one may have a few thousand more.</param>
/// <param name="JsonBytes">The bytes of JSON that a file is made of; as Parquet mostly a tenth to a twentieth of it.</param>
/// <param name="ParquetBytes">The bytes of an input file of Parquet.</param>
internal sealed record LakeFileLimits(long Rows, long JsonBytes, long ParquetBytes)
{
    public static LakeFileLimits Default { get; } = new(5_000_000, 4L << 30, 512L << 20);
}
