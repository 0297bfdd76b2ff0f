namespace Muster.Storage.Membership;

/// <summary>How a container keeps its values; the numbers are those of the file.</summary>
internal enum ContainerKind : byte
{
    /// <summary>Sorted 16-bit values, four a word.</summary>
    Array = 1,

    /// <summary>1,024 words, a bit a value.</summary>
    Bitmap = 2,

    /// <summary>Sorted, separate runs, two a word: first value, then length - 1, both 16 bits.</summary>
    Runs = 3,
}

/// <summary>
/// The members of one chunk of 65,536 ordinals, as their low 16 bits; never empty. The kind is a function of the values alone (the one
/// that takes the fewest words), so equal containers have equal words.
/// </summary>
/// <param name="kind">How <paramref name="words"/> is read.</param>
/// <param name="count">The number of values.</param>
/// <param name="items">Values of an array, runs, or words of a bitmap.</param>
/// <param name="words">Exactly as many as the items need; what is left of the last one is zero. Never changed.</param>
internal sealed class Container(ContainerKind kind, int count, int items, ulong[] words)
{
    private uint? _checksum;

    public ContainerKind Kind { get; } = kind;

    public int Count { get; } = count;

    public int Items { get; } = items;

    public ulong[] Words { get; } = words;

    public ContainerView View => new(Kind, Count, Items, Words);

    /// <summary>
    /// The checksum of the words; kept, so that what comes from a file is not summed again when it is written to the next.
    /// </summary>
    public uint Checksum
    {
        get => _checksum ??= Crc32C.Of(Words);
        init => _checksum = value;
    }

    /// <summary>How many words a container of this kind has.</summary>
    public static int WordsOf(ContainerKind kind, int items) => kind switch
    {
        ContainerKind.Array => (items + 3) / 4,
        ContainerKind.Runs => (items + 1) / 2,
        _ => Bitmap.Words,
    };

    /// <summary>The smallest container of a bitmap's values, or null if it has none.</summary>
    public static Container? From(ReadOnlySpan<ulong> bitmap) => From(bitmap, Bitmap.Count(bitmap));

    /// <summary>The same when the number of values is known.</summary>
    public static Container? From(ReadOnlySpan<ulong> bitmap, int count)
    {
        if (count == 0) return null;
        int runs = Bitmap.CountRuns(bitmap);
        ContainerKind kind = Smallest(count, runs);
        if (kind == ContainerKind.Bitmap) return new Container(kind, count, Bitmap.Words, bitmap.ToArray());
        int items = kind == ContainerKind.Array ? count : runs;
        ulong[] words = new ulong[WordsOf(kind, items)];
        if (kind == ContainerKind.Array) Bitmap.WriteValues(bitmap, words);
        else Bitmap.WriteRuns(bitmap, words);
        return new Container(kind, count, items, words);
    }

    private static ContainerKind Smallest(int count, int runs)
    {
        int plain = count <= ContainerView.MostArrayValues ? WordsOf(ContainerKind.Array, count) : Bitmap.Words;
        if (WordsOf(ContainerKind.Runs, runs) < plain) return ContainerKind.Runs;
        return count <= ContainerView.MostArrayValues ? ContainerKind.Array : ContainerKind.Bitmap;
    }
}
