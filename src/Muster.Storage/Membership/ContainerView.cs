using System.Runtime.InteropServices;

namespace Muster.Storage.Membership;

/// <summary>A container wherever its words lie: on the heap or in a mapped file.</summary>
internal readonly ref struct ContainerView(ContainerKind kind, int count, int items, ReadOnlySpan<ulong> words)
{
    /// <summary>From here on a bitmap is not larger than an array.</summary>
    public const int MostArrayValues = 4096;

    private readonly ReadOnlySpan<ulong> _words = words;

    public ContainerKind Kind { get; } = kind;

    public int Count { get; } = count;

    public int Items { get; } = items;

    public ReadOnlySpan<ulong> Words => _words;

    /// <summary>The values of an array, or first value and length - 1 of each run in turn.</summary>
    public ReadOnlySpan<ushort> Shorts => MemoryMarshal.Cast<ulong, ushort>(_words)[..(Kind == ContainerKind.Runs ? 2 * Items : Items)];

    public bool Contains(int value)
    {
        switch (Kind)
        {
            case ContainerKind.Bitmap: return Bitmap.Contains(_words, value);
            case ContainerKind.Array: return Shorts.BinarySearch((ushort)value) >= 0;
            default:
                ReadOnlySpan<ushort> shorts = Shorts;
                int low = 0, high = Items - 1;
                while (low <= high)
                {
                    int middle = (low + high) >>> 1;
                    int first = shorts[2 * middle];
                    if (value < first) high = middle - 1;
                    else if (value > first + shorts[2 * middle + 1]) low = middle + 1;
                    else return true;
                }
                return false;
        }
    }

    /// <summary>Adds the values to a bitmap.</summary>
    public void OrInto(Span<ulong> bitmap)
    {
        switch (Kind)
        {
            case ContainerKind.Bitmap:
                Bitmap.Or(bitmap, _words);
                break;
            case ContainerKind.Array:
                foreach (ushort value in Shorts) bitmap[value >> 6] |= 1UL << value;
                break;
            default:
                ReadOnlySpan<ushort> shorts = Shorts;
                for (int i = 0; i < shorts.Length; i += 2) Bitmap.SetRange(bitmap, shorts[i], shorts[i] + shorts[i + 1]);
                break;
        }
    }
}
