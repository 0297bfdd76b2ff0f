using System.Text;

namespace Muster.Storage.Identity;

/// <summary>
/// Namespaces by number, in order of first appearance, matched regardless of case. Grows at the end; only one thread writes, and readers see
/// a name once its number is known to them.
/// </summary>
internal sealed class NamespaceTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _numbers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(byte[] Spelling, int Number)> _spellings = [];
    private string[] _names = new string[16];

    /// <summary>The number of namespaces.</summary>
    public int Count { get; private set; }

    /// <summary>The first spelling that came, or the standard one.</summary>
    public string this[int number] => Volatile.Read(ref _names)[number];

    /// <summary>The number of a namespace, or -1.</summary>
    public int Find(string name)
    {
        lock (_gate) return _numbers.GetValueOrDefault(name, -1);
    }

    /// <summary>The number of a namespace, new when it was not there.</summary>
    public int GetOrAdd(string name)
    {
        lock (_gate)
        {
            if (_numbers.TryGetValue(name, out int number)) return number;
            number = Count;
            if (number == _names.Length) Array.Resize(ref _names, number * 2);
            _names[number] = StandardNamespaces.Spell(name);
            _numbers.Add(name, number);
            Count++;
            return number;
        }
    }

    /// <summary>As <see cref="GetOrAdd(string)"/>, for the bytes of a vector: data repeats few spellings, so they are compared one by one.</summary>
    public int GetOrAdd(ReadOnlySpan<byte> name)
    {
        foreach ((byte[] spelling, int known) in _spellings)
            if (name.SequenceEqual(spelling)) return known;
        int number = GetOrAdd(Encoding.UTF8.GetString(name));
        if (_spellings.Count < 256) _spellings.Add((name.ToArray(), number));
        return number;
    }

    /// <summary>Forgets the namespaces from <paramref name="count"/> on.</summary>
    public void Truncate(int count)
    {
        lock (_gate)
        {
            for (int i = count; i < Count; i++) _numbers.Remove(_names[i]);
            Count = count;
            _spellings.Clear();
        }
    }
}
