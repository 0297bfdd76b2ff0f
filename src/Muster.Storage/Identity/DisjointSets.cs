namespace Muster.Storage.Identity;

/// <summary>A union-find over a few identities, which it knows by their place in a list.</summary>
internal sealed class DisjointSets
{
    private readonly int[] _members, _parents, _sizes;
    private readonly Dictionary<int, int> _places;

    public DisjointSets(int[] members)
    {
        _members = members;
        _parents = new int[members.Length];
        _sizes = new int[members.Length];
        _places = new Dictionary<int, int>(members.Length);
        for (int i = 0; i < members.Length; i++)
        {
            _parents[i] = i;
            _sizes[i] = 1;
            _places.Add(members[i], i);
        }
    }

    /// <summary>The place that names the set of an identity.</summary>
    public int Find(int identity)
    {
        int place = _places[identity];
        while (_parents[place] != place) place = _parents[place] = _parents[_parents[place]];
        return place;
    }

    /// <summary>Makes two sets one; the place that names it is one of theirs.</summary>
    public int Unite(int left, int right)
    {
        if (left == right) return left;
        if (_sizes[left] < _sizes[right]) (left, right) = (right, left);
        _parents[right] = left;
        _sizes[left] += _sizes[right];
        return left;
    }

    /// <summary>The size of the set that a place names.</summary>
    public int Size(int place) => _sizes[place];

    /// <summary>The sets in the order of their first members, each in the order of the list, with the links that are inside them.</summary>
    public List<(int[] Members, List<Link> Links)> Split(IEnumerable<Link> links)
    {
        var numbers = new Dictionary<int, int>();
        var sets = new List<(List<int> Members, List<Link> Links)>();
        foreach (int member in _members)
        {
            int place = Find(member);
            if (!numbers.TryGetValue(place, out int number))
            {
                numbers.Add(place, number = sets.Count);
                sets.Add(([], []));
            }
            sets[number].Members.Add(member);
        }
        foreach (Link link in links)
        {
            int place = Find(link.First);
            if (place == Find(link.Second)) sets[numbers[place]].Links.Add(link);
        }
        return sets.ConvertAll(s => (s.Members.ToArray(), s.Links));
    }
}
