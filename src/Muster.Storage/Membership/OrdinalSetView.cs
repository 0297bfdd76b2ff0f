using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Muster.Storage.Membership;

/// <summary>
/// A written set (<see cref="OrdinalSetFormat"/>) read in place. Nothing is believed before its checksum was compared; what does not fit
/// is an <see cref="InvalidDataException"/>.
/// </summary>
internal readonly ref struct OrdinalSetView
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<byte> _words;

    /// <param name="bytes">Exactly the written set.</param>
    /// <param name="checkedBefore">True if the directory of these very bytes was found right earlier.</param>
    public OrdinalSetView(ReadOnlySpan<byte> bytes, bool checkedBefore = false)
    {
        if (bytes.Length < OrdinalSetFormat.HeaderLength) throw Damaged("it is cut off");
        _bytes = bytes;
        Length = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        long directory = OrdinalSetFormat.HeaderLength + (long)Length * OrdinalSetFormat.EntryLength;
        if (Length < 0 || directory > bytes.Length) throw Damaged("its directory is cut off");
        _words = bytes[(int)directory..];
        if (!checkedBefore) CheckDirectory();
    }

    /// <summary>The number of containers.</summary>
    public int Length { get; }

    /// <summary>The index of the container with this key, or -1.</summary>
    public int Find(long key)
    {
        int low = 0, high = Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            long found = Key(middle);
            if (found == key) return middle;
            if (found < key) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    /// <summary>The container at an index, its words in place.</summary>
    public ContainerView View(int index, bool checkedBefore = false)
    {
        ReadOnlySpan<ulong> words = WordsOf(index);
        if (!checkedBefore && Crc32C.Of(words) != Checksum(index)) throw Damaged($"the checksum of container {index} is wrong");
        return new ContainerView(Kind(index), Count(index), Items(index), words);
    }

    /// <summary>Copies the whole set.</summary>
    public OrdinalSet ReadAll()
    {
        long[] keys = new long[Length];
        Container[] containers = new Container[Length];
        for (int i = 0; i < Length; i++)
        {
            keys[i] = Key(i);
            ContainerView view = View(i);
            containers[i] = new Container(view.Kind, view.Count, view.Items, view.Words.ToArray()) { Checksum = Checksum(i) };
        }
        return keys.Length == 0 ? OrdinalSet.Empty : new OrdinalSet(keys, containers);
    }

    private void CheckDirectory()
    {
        if (Crc32C.Of(_bytes[4..^_words.Length]) != BinaryPrimitives.ReadUInt32LittleEndian(_bytes))
            throw Damaged("the checksum of its directory is wrong");
        long word = 0, members = 0;
        for (int i = 0; i < Length; i++)
        {
            bool fits = Kind(i) switch
            {
                ContainerKind.Array => Items(i) == Count(i) && Count(i) <= ContainerView.MostArrayValues,
                ContainerKind.Runs => Items(i) < Bitmap.Words * 2,
                ContainerKind.Bitmap => Items(i) == Bitmap.Words,
                _ => false,
            };
            if (!fits || Count(i) is < 1 or > 65536 || Items(i) < 1 || FirstWord(i) != word || (i > 0 && Key(i) <= Key(i - 1)))
                throw Damaged("its directory contradicts itself");
            word += Container.WordsOf(Kind(i), Items(i));
            members += Count(i);
        }
        if (word * sizeof(ulong) != _words.Length || members != BinaryPrimitives.ReadInt64LittleEndian(_bytes[8..]))
            throw Damaged("its length is wrong");
    }

    private ReadOnlySpan<byte> Entry(int index) =>
        _bytes.Slice(OrdinalSetFormat.HeaderLength + index * OrdinalSetFormat.EntryLength, OrdinalSetFormat.EntryLength);

    private long Key(int index) => BinaryPrimitives.ReadInt64LittleEndian(Entry(index));

    private int Count(int index) => BinaryPrimitives.ReadInt32LittleEndian(Entry(index)[8..]);

    private ContainerKind Kind(int index) => (ContainerKind)Entry(index)[15];

    private int Items(int index) => BinaryPrimitives.ReadInt32LittleEndian(Entry(index)[12..]) & 0xFFFFFF;

    private int FirstWord(int index) => BinaryPrimitives.ReadInt32LittleEndian(Entry(index)[16..]);

    private uint Checksum(int index) => BinaryPrimitives.ReadUInt32LittleEndian(Entry(index)[20..]);

    private ReadOnlySpan<ulong> WordsOf(int index) =>
        MemoryMarshal.Cast<byte, ulong>(_words).Slice(FirstWord(index), Container.WordsOf(Kind(index), Items(index)));

    private static InvalidDataException Damaged(string what) => new($"The written set is damaged: {what}.");
}
