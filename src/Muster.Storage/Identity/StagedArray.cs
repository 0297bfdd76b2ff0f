using System.Runtime.CompilerServices;

namespace Muster.Storage.Identity;

/// <summary>
/// A growing array of integers with two faces: what is published, and what one writer has staged over it. Readers of the published face may
/// run while the writer stages; <see cref="Commit"/> must exclude them. In pages, so that it takes no more memory than its length asks for.
/// </summary>
internal sealed class StagedArray
{
    private const int PageBits = 16, PageMask = (1 << PageBits) - 1;

    private readonly Dictionary<int, int> _changes = [];
    private int[][] _pages = new int[4][];

    /// <summary>The staged length.</summary>
    public int Count { get; private set; }

    /// <summary>The published length.</summary>
    public int PublishedCount { get; private set; }

    /// <summary>The staged values of published places that were set, in no order.</summary>
    public IReadOnlyDictionary<int, int> Changes => _changes;

    /// <summary>The staged value.</summary>
    public int this[int index]
    {
        get => index < PublishedCount && _changes.Count > 0 && _changes.TryGetValue(index, out int changed) ? changed : Published(index);
        set
        {
            if (index >= PublishedCount) _pages[index >> PageBits][index & PageMask] = value;
            else if (this[index] != value) _changes[index] = value;
        }
    }

    /// <summary>The published value of an index below <see cref="PublishedCount"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Published(int index) => Volatile.Read(ref _pages)[index >> PageBits][index & PageMask];

    /// <summary>Stages one value more.</summary>
    public void Add(int value)
    {
        int page = Count >> PageBits;
        if (page == _pages.Length) Array.Resize(ref _pages, page * 2);
        (_pages[page] ??= new int[1 << PageBits])[Count++ & PageMask] = value;
    }

    /// <summary>Publishes what is staged.</summary>
    public void Commit()
    {
        foreach ((int index, int value) in _changes) _pages[index >> PageBits][index & PageMask] = value;
        Forget();
        PublishedCount = Count;
    }

    /// <summary>Drops what is staged.</summary>
    public void Rollback()
    {
        Forget();
        Count = PublishedCount;
    }

    private void Forget()
    {
        // A cleared dictionary keeps its memory: that of a large change would stay for good.
        bool large = _changes.Count > 4096;
        _changes.Clear();
        if (large) _changes.TrimExcess();
    }
}
