namespace Muster.Storage.Identity;

/// <summary>
/// A growing array of integers with two faces: what is published, and what one writer has staged over it. Readers of the published face may
/// run while the writer stages; <see cref="Commit"/> must exclude them.
/// </summary>
internal sealed class StagedArray
{
    private readonly Dictionary<int, int> _changes = [];
    private int[] _values = new int[1024];

    /// <summary>The staged length.</summary>
    public int Count { get; private set; }

    /// <summary>The published length.</summary>
    public int PublishedCount { get; private set; }

    /// <summary>The staged value.</summary>
    public int this[int index]
    {
        get => index < PublishedCount && _changes.Count > 0 && _changes.TryGetValue(index, out int changed) ? changed : _values[index];
        set
        {
            if (index < PublishedCount) _changes[index] = value;
            else _values[index] = value;
        }
    }

    /// <summary>The published value of an index below <see cref="PublishedCount"/>.</summary>
    public int Published(int index) => Volatile.Read(ref _values)[index];

    /// <summary>Stages one value more.</summary>
    public void Add(int value)
    {
        if (Count == _values.Length) Array.Resize(ref _values, checked(Count * 2));
        _values[Count++] = value;
    }

    /// <summary>Publishes what is staged.</summary>
    public void Commit()
    {
        foreach ((int index, int value) in _changes) _values[index] = value;
        _changes.Clear();
        PublishedCount = Count;
    }

    /// <summary>Drops what is staged.</summary>
    public void Rollback()
    {
        _changes.Clear();
        Count = PublishedCount;
    }
}
