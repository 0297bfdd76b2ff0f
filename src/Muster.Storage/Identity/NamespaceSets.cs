namespace Muster.Storage.Identity;

/// <summary>
/// For each profile the set of namespaces that it has identities in, as a number of 16 bits: people have few combinations of namespaces, so
/// counting people by namespace is counting them by set first.
/// </summary>
internal sealed class NamespaceSets
{
    /// <summary>The number of a set that came when all other numbers were taken: it says nothing of its namespaces.</summary>
    public const ushort Unknown = ushort.MaxValue;

    private const int PageBits = 16, PageMask = (1 << PageBits) - 1;

    private readonly List<ushort[]> _pages = [];

    // The pages that no copy shares; others are copied before they change.
    private readonly HashSet<int> _own = [];
    private readonly List<int[]> _sets = [[]];
    private readonly Dictionary<(int Set, int Namespace), ushort> _with = [];
    private readonly Dictionary<string, ushort> _numbers = new() { [""] = 0 };

    /// <summary>The set of a profile; the empty one, 0, for profiles that are no more.</summary>
    public ushort this[long profile]
    {
        get => profile >> PageBits < _pages.Count ? _pages[(int)(profile >> PageBits)][profile & PageMask] : (ushort)0;
        set
        {
            int page = (int)(profile >> PageBits);
            while (_pages.Count <= page)
            {
                _own.Add(_pages.Count);
                _pages.Add(new ushort[1 << PageBits]);
            }
            if (_pages[page][profile & PageMask] == value) return;
            if (_own.Add(page)) _pages[page] = [.. _pages[page]];
            _pages[page][profile & PageMask] = value;
        }
    }

    /// <summary>How many sets there are; their numbers run from 0.</summary>
    public int Count => _sets.Count;

    /// <summary>The namespaces of a set.</summary>
    public IReadOnlyList<int> Namespaces(int set) => _sets[set];

    /// <summary>All of it as it is now, whatever is set later: nothing may be set in the copy. Takes no memory until this one changes.</summary>
    public NamespaceSets Copy()
    {
        var copy = new NamespaceSets();
        copy._pages.AddRange(_pages);
        copy._sets.Clear();
        copy._sets.AddRange(_sets);
        _own.Clear();
        return copy;
    }

    /// <summary>The number of a set with one namespace more.</summary>
    public ushort With(ushort set, int nameSpace)
    {
        if (set == Unknown) return Unknown;
        if (_with.TryGetValue((set, nameSpace), out ushort number)) return number;
        int[] namespaces = [.. _sets[set].Append(nameSpace).Distinct().Order()];
        string key = string.Join(',', namespaces);
        if (!_numbers.TryGetValue(key, out number))
        {
            if (_sets.Count == Unknown) return Unknown;
            number = (ushort)_sets.Count;
            _sets.Add(namespaces);
            _numbers.Add(key, number);
        }
        _with.Add((set, nameSpace), number);
        return number;
    }
}
